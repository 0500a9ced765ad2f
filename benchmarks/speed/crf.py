"""What a conditional random field costs a token, in training and in prediction, beside tags scored one by one.

python -m benchmarks.speed.crf
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

from pipelines.layers import CRF, CRFLoss
from pipelines.models.tag_sequences import marginals, viterbi
from pipelines.models.tracing import trace_once

BATCH, TIME, FEATURES = 32, 25, 64
ROUNDS = 30


def main() -> None:
    table = Table("tags", "softmax, a training step", "CRF, a training step", "CRF, Viterbi", "CRF, marginals")
    for tags in (9, 17):
        steps = {name: training(tags, crf) for name, crf in (("softmax", False), ("crf", True))}
        potentials = np.random.default_rng(1).normal(size=(BATCH, TIME, tags, tags)).astype("float32")
        lengths = np.full(BATCH, TIME)
        pieces = [*steps.values(), partial(viterbi, potentials, lengths), partial(marginals, potentials, lengths)]
        table.add_row(str(tags), *(f"{microseconds(piece):.1f} µs per token" for piece in pieces))
    Console(width=120).print(table)


def training(tags: int, crf: bool) -> Callable[[], object]:
    """A step of training one dense layer that scores tags, with a CRF behind it or without."""
    inputs = keras.Input((None, FEATURES))
    scores = keras.layers.Dense(tags)(inputs)
    model = keras.Model(inputs, CRF([[True] * (tags + 1)] * (tags + 1))(scores) if crf else scores)
    loss = CRFLoss() if crf else keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="sgd", loss=loss)
    trace_once(model)
    random = np.random.default_rng(1)
    features = random.normal(size=(BATCH, TIME, FEATURES)).astype("float32")
    gold = random.integers(tags, size=(BATCH, TIME)).astype("int32")
    return lambda: model.train_on_batch(features, gold, sample_weight=np.ones((BATCH, TIME), "float32"))


def microseconds(piece: Callable[[], object]) -> float:
    """Median time of a batch, by its tokens."""
    times = []
    for _ in range(ROUNDS + 3):
        start = time.perf_counter()
        piece()
        times.append(time.perf_counter() - start)
    return median(times[3:]) * 1e6 / (BATCH * TIME)


if __name__ == "__main__":
    main()
