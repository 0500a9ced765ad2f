"""The gradient of the loss at each step before the last in untrained networks, by cell and initial weights; and in one
dimension."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from studies.gradients import by_distance
from studies.recall import Texts, classifier, open_gates, recurrent_layer

SEEDS = (11, 12, 13, 14, 15)
UNITS = 64
GAP = 100
ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {  # f(a), and f'(a)
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "sigmoid": (lambda a: 1 / (1 + np.exp(-a)), lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2),
    "relu": (lambda a: np.maximum(a, 0), lambda a: (a > 0).astype(float)),
}
ORTHOGONAL, UNIFORM, RAISED = "orthogonal", "uniform", "orthogonal x sqrt 2"
PLAIN = (("tanh", ORTHOGONAL), ("tanh", UNIFORM), ("sigmoid", ORTHOGONAL), ("relu", ORTHOGONAL), ("relu", RAISED))
BIASES = {"lstm": (1, 5), "gru": (0, 5), "sru": (0, 5)}  # of the gate that keeps the state: as usual, and open


def measure(data: Path) -> Iterator[dict]:
    """Gradients by distance from the end, and the derivatives of the one-dimensional case."""
    from pipelines.training.seeding import seed_everything

    yield from one_dimensional()
    texts = Texts(data)
    for seed in SEEDS:
        sample = texts.draw(np.random.default_rng(seed), 64, GAP, "test")
        for activation, weights in PLAIN:
            seed_everything(seed)
            model = classifier(plain(activation, weights, seed), texts.words, seed)
            kind = {"part": "gradient", "cell": "simple_rnn", "activation": activation, "start": weights, "seed": seed}
            yield from ({**kind, **row} for row in by_distance(model, sample))
        for cell, biases in BIASES.items():
            for bias in biases:
                seed_everything(seed)
                layer = recurrent_layer(cell, UNITS, seed)
                model = classifier(layer, texts.words, seed)
                open_gates(layer, bias)
                kind = {"part": "gradient", "cell": cell, "start": f"bias {bias}", "seed": seed}
                yield from ({**kind, **row} for row in by_distance(model, sample))


def plain(activation: str, weights: str, seed: int) -> Any:
    """A plain recurrent layer with recurrent weights of one of three kinds."""
    import keras

    limit = UNITS**-0.5  # PyTorch's initial weights
    first = {
        ORTHOGONAL: keras.initializers.Orthogonal(seed=seed),
        RAISED: keras.initializers.Orthogonal(2**0.5, seed=seed),
        UNIFORM: keras.initializers.RandomUniform(-limit, limit, seed=seed),
    }
    return keras.layers.SimpleRNN(
        UNITS,
        activation,
        kernel_initializer=keras.initializers.GlorotUniform(seed),
        recurrent_initializer=first[weights],
        return_sequences=True,
        return_state=True,
    )


def one_dimensional() -> Iterator[dict]:
    """dh_n / dh_0 of h_i = f(w h_(i-1) + z_i): the product of w f'(.), beside a difference of two runs."""
    inputs = np.random.default_rng(1).normal(0, 0.5, 30)
    shift = 1e-6
    for activation, (function, slope) in ACTIVATIONS.items():
        for weight in (0.5, 1.0, 1.5):
            states, product = np.array([0.5 - shift, 0.5, 0.5 + shift]), 1.0
            for distance, z in enumerate(inputs, start=1):
                sums = weight * states + z
                product *= weight * float(slope(sums[1]))
                states = function(sums)
                yield {
                    "part": "one dimension",
                    "activation": activation,
                    "weight": weight,
                    "distance": distance,
                    "derivative": float(f"{product:.6g}"),
                    "difference": float(f"{(states[2] - states[0]) / (2 * shift):.6g}"),
                }
