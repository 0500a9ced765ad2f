"""Gradients by the recurrent matrix and the length; and training with and without clipping."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from studies.recall import FRESH, Texts, accuracy, classifier, learning

UNITS = 64
RADII = (0.5, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
GAUSSIAN, TRIANGULAR = "Gaussian", "triangular"
MATRICES = (*((GAUSSIAN, radius) for radius in RADII), (TRIANGULAR, 0.5), (TRIANGULAR, 0.9))
SPREAD = 0.2  # standard deviation of the numbers above a triangular matrix's diagonal
LENGTHS = (10, 20, 50, 100, 200)
# A network whose gradients explode at first; settings were found with seeds 1 and 2.
SEEDS = (11, 12, 13, 14, 15, 16, 17)
GAP, RADIUS, SMALL = 20, 1.5, 0.001  # SMALL: the standard deviation of its first input weights
BATCHES, EVERY = 500, 25
# Learning rate, and settings of the optimizer.
ARMS = {
    "no clipping": (0.1, {}),
    "no clipping, a tenth of the rate": (0.01, {}),
    "no clipping, a hundredth of it": (0.001, {}),
    "norm clipped at 1": (0.1, {"global_clipnorm": 1.0}),
    "values clipped at 0.01": (0.1, {"clipvalue": 0.01}),
}


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
    """Loss, gradient and recall of a plain RNN that starts with a spectral radius above one, by gradient descent."""
    import keras

    from pipelines.cells.simple_rnn.layer import SimpleRNN
    from pipelines.training.seeding import seed_everything

    texts = Texts(data)
    for seed in SEEDS:
        for arm, (rate, clipping) in ARMS.items():
            seed_everything(seed)
            weights = recurrent_weights(RADIUS, np.random.default_rng(seed))
            layer = SimpleRNN(
                UNITS,
                kernel_initializer=keras.initializers.RandomNormal(0, SMALL, seed=seed),
                recurrent_initializer=lambda *_, weights=weights, **__: weights,
                return_sequences=True,
                return_state=True,
            )
            model, fresh = classifier(layer, texts.words, seed), np.random.default_rng(seed + 2000)
            kind: dict[str, Any] = {"part": "training", "arm": arm, "seed": seed}
            yield {**kind, "step": 0, "norm": gradient_norm(model, *texts.draw(fresh, 64, GAP))}
            losses: list[float] = []
            for step, loss in learning(model, texts, (GAP, GAP), seed, BATCHES, keras.optimizers.SGD(rate, **clipping)):
                losses.append(loss)
                if step % EVERY == 0:
                    yield {
                        **kind,
                        "step": step,
                        "norm": gradient_norm(model, *texts.draw(fresh, 64, GAP)),
                        "loss": round(float(np.mean(losses[-EVERY:])), 4),
                        "accuracy": accuracy(model, texts, GAP, seed + step, FRESH),
                    }


def gradient_norm(model: Any, token_ids: np.ndarray, labels: np.ndarray) -> float:
    """The length of the loss's gradient by all weights, before it is clipped."""
    import tensorflow

    with tensorflow.GradientTape() as tape:
        scores = tensorflow.nn.sparse_softmax_cross_entropy_with_logits(labels, model(token_ids))
        loss = tensorflow.reduce_mean(scores)
    gradients = map(tensorflow.convert_to_tensor, tape.gradient(loss, model.trainable_variables))
    return float(f"{float(tensorflow.linalg.global_norm(list(gradients))):.4g}")
