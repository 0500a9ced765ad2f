"""A plain recurrent network with tanh, with ReLU, and with ReLU whose recurrent weights begin as the identity."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from studies.gradients import read
from studies.recall import Texts, accuracy, classifier, learn

UNITS = 64
GAPS = (2, 5, 10, 20, 50)
DISTANCES = (0, 1, 2, 5, 10, 20, 30, 40, 50)
KINDS = {
    "tanh, orthogonal": ("tanh", "orthogonal"),
    "tanh, identity": ("tanh", "identity"),
    "ReLU, orthogonal": ("relu", "orthogonal"),
    "ReLU, identity": ("relu", "identity"),
}


def measure(data: Path) -> Iterator[dict]:
    """The gradient over 50 steps before training, and the accuracy after it, by activation and first weights."""
    from pipelines.training.seeding import seed_everything

    texts = Texts(data)
    for kind in KINDS:
        for seed in (1, 2, 3, 4, 5):
            seed_everything(seed)
            model = classifier(layer(kind, seed), texts.words, seed)
            norms, _ = read(model, *texts.draw(np.random.default_rng(seed), 64, max(GAPS), "test"))
            for distance in DISTANCES:
                norm = float(f"{norms['h'][-1 - distance]:.4g}")
                yield {"part": "gradient", "kind": kind, "seed": seed, "distance": distance, "norm": norm}
            learn(model, texts, (2, max(GAPS)), seed, steps=250)
            for gap in GAPS:
                found = accuracy(model, texts, gap, seed)
                yield {"part": "accuracy", "kind": kind, "seed": seed, "gap": gap, "accuracy": found}


def layer(kind: str, seed: int) -> Any:
    """A plain recurrent layer; from the identity it begins as Le et al. have it, with small input weights."""
    import keras

    activation, recurrent = KINDS[kind]
    small = keras.initializers.RandomNormal(0, 0.001, seed=seed)
    return keras.layers.SimpleRNN(
        UNITS,
        activation,
        kernel_initializer=small if recurrent == "identity" else keras.initializers.GlorotUniform(seed),
        recurrent_initializer="identity" if recurrent == "identity" else keras.initializers.Orthogonal(seed=seed),
        return_sequences=True,
        return_state=True,
    )
