"""Texts of unequal length in one batch: padding with a mask, and without one at the end or at the start of a text."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from studies.recall import CLASSES, Texts, recurrent_layer
from studies.trainer import trainer

SEEDS = (1, 2, 3, 4, 5, 6, 7, 8)
MASKED, AT_END, AT_START = ARMS = ("mask", "no mask, padding at the end", "no mask, padding at the start")
GAPS = (1, 10)  # running words of a text, at least and at most
GROUPS = 8  # of texts of a batch that are as long
MOST = 60  # positions of padding behind the longest text that may be read in training, as a longer neighbour causes
PADDINGS = (0, 20, 40, 60, 120, 240)  # in reading
STEPS, TEXTS, UNITS, ASKED = 250, 32, 32, 400


def measure(data: Path) -> Iterator[dict]:
    """By padding the share of right answers, and of those that differ from what the text gets alone."""
    texts = Texts(data)
    for seed in SEEDS:
        for arm in ARMS:
            model = learned(arm, texts, seed)
            alone = None
            for padding in PADDINGS:
                token_ids, labels = batch(texts, np.random.default_rng(seed + 1000), ASKED, padding, arm, "test")
                answers = model.predict_on_batch(token_ids).argmax(axis=-1)
                alone = answers if alone is None else alone
                yield {
                    "arm": arm,
                    "seed": seed,
                    "padding": padding,
                    "accuracy": round(float((answers == labels).mean()), 4),
                    "changed": round(float((answers != alone).mean()), 4),
                }


def learned(arm: str, texts: Texts, seed: int) -> Any:
    """A classifier from its last state, trained on texts that stand beside longer ones."""
    import keras

    from pipelines.training.seeding import seed_everything

    seed_everything(seed)
    token_ids = keras.Input((None,), dtype="int32")
    uniform = keras.initializers.RandomUniform(-0.5, 0.5, seed=seed)
    words = keras.layers.Embedding(texts.words, UNITS, uniform, mask_zero=arm == MASKED)(token_ids)
    _, state, *_ = recurrent_layer("lstm", UNITS, seed)(words)
    draw = keras.initializers.GlorotUniform(seed=seed)
    model = keras.Model(token_ids, keras.layers.Dense(CLASSES, kernel_initializer=draw)(state))
    train, random = trainer(model, 0.005), np.random.default_rng(seed)
    for _ in range(STEPS):
        token_ids, labels = batch(texts, random, TEXTS, int(random.integers(MOST + 1)), arm, "train")
        train(token_ids, labels)
    return model


def batch(
    texts: Texts, random: np.random.Generator, count: int, padding: int, arm: str, split: str
) -> tuple[np.ndarray, np.ndarray]:
    """Texts of unequal length as rows of equal length, and the classes of their cues.

    Args:
        texts: what is drawn from; its ids begin at one, so that zero is padding.
        random: the generator.
        count: of texts.
        padding: positions behind the longest text that there can be, or before it.
        arm: one of `ARMS`.
        split: train or test.
    """
    gaps = random.integers(*GAPS, size=GROUPS, endpoint=True)
    drawn = [texts.draw(random, count // GROUPS, int(gap), split) for gap in gaps]
    width = max(token_ids.shape[1] for token_ids, _ in drawn) - max(gaps) + GAPS[1] + padding
    rows = []
    for token_ids, _ in drawn:
        missing = width - token_ids.shape[1]
        rows.append(np.pad(token_ids, ((0, 0), (missing, 0) if arm == AT_START else (0, missing))))
    return np.concatenate(rows), np.concatenate([labels for _, labels in drawn])
