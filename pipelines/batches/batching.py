"""Batches of examples of like length, padded at the end."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from pipelines.text.vocabulary import PADDING_ID

MOST_STEPS = 32_768  # steps of a batch that is predicted, padding included: what bounds its memory
Encoded = tuple[Any, ...]  # the sequences of one example, the source's token ids or features first


def pad(rows: Sequence[Sequence[int]]) -> np.ndarray:
    """Pads rows of ids at the end to the longest: int32 (batch, time).

    Raises:
        ValueError: a row is empty or holds the padding id; cuDNN's masks allow neither.
    """
    padded = np.full((len(rows), max(map(len, rows), default=0)), PADDING_ID, dtype="int32")
    for number, row in enumerate(rows):
        if not len(row) or PADDING_ID in row:
            raise ValueError(f"row {number} is {'empty' if not len(row) else 'padded already'}")
        padded[number, : len(row)] = row
    return padded


def bucketed(lengths: Sequence[int], batch_size: int, random: np.random.Generator, pool: int = 50) -> list[list[int]]:
    """Draws an epoch: every index once, in batches of like length and in random order.

    Indices are shuffled, cut into pools of `pool` batches, sorted by length inside a pool and cut into
    batches, whose order is shuffled.
    """
    order = random.permutation(len(lengths))
    batches = []
    for start in range(0, len(order), pool * batch_size):
        part = sorted(order[start : start + pool * batch_size].tolist(), key=lambda index: lengths[index])
        batches.extend(part[first : first + batch_size] for first in range(0, len(part), batch_size))
    return [batches[number] for number in random.permutation(len(batches))]


class TrainingBatches:
    """Epochs of training batches, each drawn anew from the seed.

    Args:
        examples: encoded examples.
        collate: makes the arrays of a batch, (inputs, targets, sample_weights).
        batch_size: examples a batch.
        seed: of the order.
    """

    def __init__(self, examples: Sequence[Encoded], collate: Callable, batch_size: int, seed: int) -> None:
        self.examples = examples
        self.collate = collate
        self.batch_size = batch_size
        self._lengths = [max(map(len, example)) for example in examples]
        self.random = np.random.default_rng(seed)

    def __len__(self) -> int:
        return math.ceil(len(self.examples) / self.batch_size)

    def epoch(self) -> Iterator[tuple]:
        """Yields the batches of a new epoch."""
        for batch in bucketed(self._lengths, self.batch_size, self.random):
            yield self.collate([self.examples[index] for index in batch])


def in_batches_by_length(
    examples: Sequence[Encoded], batch_size: int, predict: Callable[[list[Encoded]], Sequence]
) -> list:
    """Predicts examples in batches of like length and returns the results in the examples' order.

    A batch holds `batch_size` examples, fewer where padded to the longest they would make more than `MOST_STEPS`.
    """
    results: list = [None] * len(examples)
    remaining = sorted(range(len(examples)), key=lambda index: len(examples[index][0]))
    while remaining:
        size = 1
        while size < min(batch_size, len(remaining)) and (size + 1) * len(examples[remaining[size]][0]) <= MOST_STEPS:
            size += 1
        batch, remaining = remaining[:size], remaining[size:]
        for index, result in zip(batch, predict([examples[index] for index in batch]), strict=True):
            results[index] = result
    return results
