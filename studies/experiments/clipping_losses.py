"""Gradients clipped at lower and lower limits where none explodes: what plain descent loses, and what Adam does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

SEEDS = (1, 2, 3, 4, 5)
RATES = {"SGD": 1.0, "Adam": 0.003}  # the optimisers and their learning rates
UNCLIPPED = "none"
CLIPPINGS: dict[str, dict[str, float]] = {
    UNCLIPPED: {},
    "norm 0.1": {"global_clipnorm": 0.1},
    "value 0.001": {"clipvalue": 0.001},
}
GAP, STEPS, EVERY, TEXTS, UNITS = 5, 400, 20, 32, 32


def measure(data: Path) -> Iterator[dict]:
    """Rows of two parts: the loss while training goes on, and what clipping does to the first gradients."""
    from studies.recall import Texts

    texts = Texts(data)
    for seed in SEEDS:
        yield from gradients(texts, seed)
        for optimizer in RATES:
            for clipping in CLIPPINGS:
                yield from losses(texts, optimizer, clipping, seed)


def classifier(texts: Any, seed: int) -> Any:
    """A GRU that is asked for a country; it is not compiled."""
    from pipelines.training.seeding import seed_everything
    from studies.recall import classifier as of_layer
    from studies.recall import recurrent_layer

    seed_everything(seed)
    return of_layer(recurrent_layer("gru", UNITS, seed), texts.words, seed)


def losses(texts: Any, optimizer: str, clipping: str, seed: int) -> Iterator[dict]:
    """The mean loss of each twenty steps of training."""
    import keras

    from studies.recall import learn

    kind = {"SGD": keras.optimizers.SGD, "Adam": keras.optimizers.Adam}[optimizer]
    limited = kind(RATES[optimizer], **CLIPPINGS[clipping])
    found = learn(classifier(texts, seed), texts, (2, GAP), seed, STEPS, limited, TEXTS)
    for step in range(EVERY, STEPS + 1, EVERY):
        row = {"part": "training", "optimizer": optimizer, "clipping": clipping, "seed": seed, "step": step}
        yield {**row, "loss": round(float(np.mean(found[step - EVERY : step])), 4)}


def gradients(texts: Any, seed: int) -> Iterator[dict]:
    """The cosine of the whole gradient before and after clipping, of fresh batches and an untrained network."""
    import tensorflow

    model, random = classifier(texts, seed), np.random.default_rng(seed)
    weights = [weight.value for weight in model.trainable_weights]
    for _ in range(5):
        token_ids, labels = texts.draw(random, TEXTS, GAP)
        with tensorflow.GradientTape() as tape:
            scores = model(token_ids, training=True)
            loss = tensorflow.nn.sparse_softmax_cross_entropy_with_logits(labels, scores)
            loss = tensorflow.reduce_mean(loss)
        parts = [np.asarray(tensorflow.convert_to_tensor(part)) for part in tape.gradient(loss, weights)]
        whole = np.concatenate([part.reshape(-1) for part in parts]).astype("float64")
        for clipping, limits in CLIPPINGS.items():
            clipped = clip(whole, **limits)
            cosine = float(whole @ clipped / np.linalg.norm(whole) / np.linalg.norm(clipped))
            kept = float(np.linalg.norm(clipped) / np.linalg.norm(whole))
            row = {"part": "gradient", "clipping": clipping, "seed": seed}
            yield {**row, "cosine": round(cosine, 4), "kept": round(kept, 4)}


def clip(gradient: np.ndarray, global_clipnorm: float = np.inf, clipvalue: float = np.inf) -> np.ndarray:
    """A gradient as an optimiser of Keras clips it: scaled to a norm, or cut number by number."""
    return np.clip(gradient * min(1.0, global_clipnorm / np.linalg.norm(gradient)), -clipvalue, clipvalue)
