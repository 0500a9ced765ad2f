"""How many of the bits that it has read a recurrent layer can still tell, by the width of its state."""

from collections.abc import Iterator
from typing import Any

import numpy as np

CELLS = ("simple_rnn", "lstm", "gru", "sru")
UNITS = (4, 12)
SEEDS = (11, 12, 13, 14, 15, 16, 17)  # settings were found with seed 1
DELAYS = 16  # the furthest bit that is asked for is the one before so many
# Training ends when the loss of so many batches is by less than a share below that of as many before, or at the most.
PART, GAIN, MOST = 250, 0.01, 2000


def measure() -> Iterator[dict]:
    """The share of bits that are told right, by cell, width and how many steps ago they were read; and the batches that
    training took."""
    from pipelines.training.seeding import seed_everything

    for cell in CELLS:
        for units in UNITS:
            for seed in SEEDS:
                seed_everything(seed)
                model, batches = trained(cell, units, seed)
                kind = {"cell": cell, "units": units, "seed": seed, "batches": batches}
                for delay, share in enumerate(told(model, seed)):
                    yield {**kind, "delay": delay, "share": round(float(share), 4)}


def trained(cell: str, units: int, seed: int) -> tuple[Any, int]:
    """A layer that reads one bit a step and tells, at each step, the last `DELAYS` ones; and the batches that it took
    until the loss fell no more."""
    import keras

    from studies.recall import recurrent_layer
    from studies.trainer import trainer

    read = keras.Input((None, 1))
    outputs, *_ = recurrent_layer(cell, units, seed)(read)
    draw = keras.initializers.GlorotUniform(seed=seed)
    model = keras.Model(read, keras.layers.Dense(DELAYS, kernel_initializer=draw)(outputs))
    train = trainer(model, 0.01, loss=keras.losses.BinaryCrossentropy(from_logits=True))
    random = np.random.default_rng(seed)
    losses: list[float] = []
    before = np.inf
    while len(losses) < MOST:
        losses += [train(*bits(random, 32)) for _ in range(PART)]
        last = np.mean(losses[-PART:])
        if last > (1 - GAIN) * before:
            break
        before = last
    return model, len(losses)


def bits(random: np.random.Generator, count: int, time: int = 2 * DELAYS) -> tuple[Any, Any]:
    """Rows of fair bits as -1 and 1, float32 (count, time, 1), and the bits before each, (count, time, delays).

    The bits before the first one are drawn as well, and cannot be known.
    """
    drawn = random.integers(0, 2, (count, time + DELAYS - 1))
    before = np.lib.stride_tricks.sliding_window_view(drawn, DELAYS, axis=1)[:, :, ::-1]
    return (2 * drawn[:, DELAYS - 1 :, None] - 1).astype("float32"), before.astype("float32")


def told(model: Any, seed: int) -> np.ndarray:
    """The share of bits told right by how many steps ago they were read, (delays,), where all can be known."""
    read, before = bits(np.random.default_rng(seed + 1000), 200)
    right = (model.predict_on_batch(read) > 0) == (before > 0)
    return right[:, DELAYS:].mean(axis=(0, 1))
