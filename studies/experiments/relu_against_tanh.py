"""Plain recurrent networks with tanh and with ReLU, by their initial weights: gradients, and recall after training."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from studies.gradients import read
from studies.recall import Texts, accuracy, classifier, learn

UNITS = 64
SEEDS = (11, 12, 13, 14, 15, 16, 17)  # settings were found with seeds 1 and 2
GAPS = (2, 5, 10, 20, 50, 100, 200)
DISTANCES = (0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 80, 100, 150, 200)
BATCHES = 300
ORTHOGONAL, RAISED, IDENTITY = "orthogonal", "orthogonal x sqrt 2", "identity"
# Activation, recurrent weights, and whether input weights are small, as Le et al. have them with the identity.
KINDS = {
    "tanh, orthogonal": ("tanh", ORTHOGONAL, False),
    "tanh, orthogonal, small inputs": ("tanh", ORTHOGONAL, True),
    "tanh, identity, small inputs": ("tanh", IDENTITY, True),
    "ReLU, orthogonal": ("relu", ORTHOGONAL, False),
    "ReLU, orthogonal x sqrt 2": ("relu", RAISED, False),
    "ReLU, identity, small inputs": ("relu", IDENTITY, True),
}


def measure(data: Path) -> Iterator[dict]:
    """The gradient on its way back before training, and the accuracy after it, by activation and initial weights."""
    from pipelines.training.seeding import seed_everything

    texts = Texts(data)
    for kind in KINDS:
        for seed in SEEDS:
            seed_everything(seed)
            model = classifier(layer(kind, seed), texts.words, seed)
            norms, _ = read(model, *texts.draw(np.random.default_rng(seed), 64, max(GAPS), "test"))
            for distance in DISTANCES:
                norm = float(f"{norms['h'][-1 - distance]:.4g}")
                yield {"part": "gradient", "kind": kind, "seed": seed, "distance": distance, "norm": norm}
            learn(model, texts, (min(GAPS), max(GAPS)), seed, steps=BATCHES)
            for gap in GAPS:
                found = accuracy(model, texts, gap, seed)
                yield {"part": "accuracy", "kind": kind, "seed": seed, "gap": gap, "accuracy": found}


def layer(kind: str, seed: int) -> Any:
    """A plain recurrent layer; our compiled loop knows tanh alone."""
    import keras

    from pipelines.cells.simple_rnn.layer import SimpleRNN

    activation, recurrent, small = KINDS[kind]
    weights = {
        ORTHOGONAL: keras.initializers.Orthogonal(seed=seed),
        RAISED: keras.initializers.Orthogonal(2**0.5, seed=seed),
        IDENTITY: "identity",
    }
    tiny, usual = keras.initializers.RandomNormal(0, 0.001, seed=seed), keras.initializers.GlorotUniform(seed)
    return (SimpleRNN if activation == "tanh" else keras.layers.SimpleRNN)(
        UNITS,
        activation,
        kernel_initializer=tiny if small else usual,
        recurrent_initializer=weights[recurrent],
        return_sequences=True,
        return_state=True,
    )
