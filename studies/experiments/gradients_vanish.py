"""The gradient of the loss at each step before the last, by cell, before and after training; and in one dimension."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from studies.gradients import read
from studies.recall import Texts, classifier, learn, recurrent_layer

UNITS = 32
GAP = 100
DISTANCES = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100)
ACTIVATIONS: dict[str, tuple[Callable, Callable]] = {  # f(a), and f'(a)
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "sigmoid": (lambda a: 1 / (1 + np.exp(-a)), lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2),
    "relu": (lambda a: np.maximum(a, 0), lambda a: (a > 0).astype(float)),
}


def measure(data: Path) -> Iterator[dict]:
    """Gradients by distance from the end, gates by step, and the derivatives of the one-dimensional case."""
    from pipelines.training.seeding import seed_everything

    yield from one_dimensional()
    texts = Texts(data)
    for cell, layer in layers().items():
        for seed in (1, 2, 3, 4, 5):
            seed_everything(seed)
            model = classifier(layer(seed), texts.words, seed)
            sample = texts.draw(np.random.default_rng(seed), 64, GAP, "test")
            for trained in (False, True):
                if trained:
                    learn(model, texts, (2, GAP), seed, steps=200)
                norms, gates = read(model, *sample)
                kind = {"cell": cell, "seed": seed, "trained": trained}
                for state, values in norms.items():
                    for distance in DISTANCES:
                        norm = float(f"{values[-1 - distance]:.4g}")
                        yield {"part": "gradient", **kind, "state": state, "distance": distance, "norm": norm}
                for gate, values in gates.items():
                    for step in range(0, len(values), 4):
                        yield {
                            "part": "gate",
                            **kind,
                            "gate": gate,
                            "step": step,
                            "value": round(float(values[step]), 4),
                        }


def layers() -> dict[str, Callable[[int], Any]]:
    """Layers by name, each made of a seed."""
    import keras

    def plain(activation: str) -> Callable[[int], Any]:
        return lambda seed: keras.layers.SimpleRNN(
            UNITS, activation, return_sequences=True, return_state=True, seed=seed
        )

    def gated(cell: str) -> Callable[[int], Any]:
        return lambda seed: recurrent_layer(cell, UNITS, seed)

    return {
        **{f"simple_rnn, {activation}": plain(activation) for activation in ACTIVATIONS},
        **{cell: gated(cell) for cell in ("lstm", "gru", "sru")},
    }


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
