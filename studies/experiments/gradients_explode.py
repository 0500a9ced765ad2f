"""Gradients by the recurrent matrix and the length; and training with and without clipping."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from studies.recall import Texts, classifier, learn

UNITS = 64
RADII = (0.5, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
GAUSSIAN, TRIANGULAR = "Gaussian", "triangular"
MATRICES = (*((GAUSSIAN, radius) for radius in RADII), (TRIANGULAR, 0.5), (TRIANGULAR, 0.9))
SPREAD = 0.2  # standard deviation of the numbers above a triangular matrix's diagonal
LENGTHS = (10, 20, 50, 100, 200)
CLIPPING = {"none": {}, "by norm, 1": {"global_clipnorm": 1.0}, "by value, 0.01": {"clipvalue": 0.01}}


def measure(data: Path) -> Iterator[dict]:
    """Norms of the gradient on the way back, and losses of training by step."""
    yield from backward_norms()
    yield from training(data)


def recurrent_weights(radius: float, random: np.random.Generator, matrix: str = GAUSSIAN) -> np.ndarray:
    """Weights of a spectral radius, the largest absolute value of an eigenvalue: normally distributed ones, scaled, or
    a triangular matrix, whose eigenvalues are the numbers on its diagonal, whatever is above it."""
    if matrix == TRIANGULAR:
        return np.triu(random.normal(0, SPREAD, (UNITS, UNITS)), 1) + radius * np.eye(UNITS)
    weights = random.normal(0, 1, (UNITS, UNITS))
    return weights * radius / np.abs(np.linalg.eigvals(weights)).max()


def backward_norms() -> Iterator[dict]:
    """|dL/dh_0| / |dL/dh_n| of h_t = f(U h_(t-1) + z_t), f the identity or tanh, z of standard deviation 0.1."""
    for seed in (1, 2, 3, 4, 5):
        for matrix, radius in MATRICES:
            random = np.random.default_rng(seed)
            weights = recurrent_weights(radius, random, matrix)
            singular = float(np.linalg.norm(weights, 2))
            for activation in ("linear", "tanh"):
                states, slopes = np.zeros(UNITS), []
                for _ in range(max(LENGTHS)):
                    sums = weights @ states + random.normal(0, 0.1, UNITS)
                    states = np.tanh(sums) if activation == "tanh" else sums
                    slopes.append(1 - states**2 if activation == "tanh" else np.ones(UNITS))
                gradient, norms = random.normal(0, 1, UNITS), {}
                start = np.linalg.norm(gradient)
                for length, slope in enumerate(reversed(slopes), start=1):
                    gradient = weights.T @ (slope * gradient)
                    norms[length] = np.linalg.norm(gradient) / start
                for length in LENGTHS:
                    yield {
                        "part": "gradient",
                        "matrix": matrix,
                        "activation": activation,
                        "radius": radius,
                        "largest_singular_value": round(singular, 3),
                        "seed": seed,
                        "length": length,
                        "growth": float(f"{norms[length]:.4g}"),
                    }


def training(data: Path) -> Iterator[dict]:
    """The loss of a plain RNN whose recurrent weights begin at a spectral radius of 1.5, by gradient descent."""
    import keras

    from pipelines.cells.simple_rnn.layer import SimpleRNN
    from pipelines.training.seeding import seed_everything

    texts = Texts(data)
    for clipping, settings in CLIPPING.items():
        for seed in (1, 2, 3, 4, 5):
            seed_everything(seed)
            weights = recurrent_weights(1.5, np.random.default_rng(seed))
            layer = SimpleRNN(
                UNITS,
                recurrent_initializer=lambda *_, weights=weights, **__: weights,
                return_sequences=True,
                return_state=True,
            )
            model = classifier(layer, texts.words, seed)
            losses = learn(model, texts, (20, 20), seed, 300, keras.optimizers.SGD(0.1, **settings))
            for start in range(0, len(losses), 10):
                part = losses[start : start + 10]
                yield {
                    "part": "training",
                    "clipping": clipping,
                    "seed": seed,
                    "step": start,
                    "loss": round(float(np.mean(part)), 4),
                    "highest": round(float(np.max(part)), 4),
                }
