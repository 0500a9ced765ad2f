"""Length-bucketed batches of examples, padded at the end."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import numpy as np

from pipelines.text.vocabulary import PADDING_ID

MOST_STEPS = 32_768  # steps of a batch that is predicted, padding included: what bounds its memory
STREAMED = 4096  # examples held at once while predictions stream
Item = TypeVar("Item")


class Encoded(NamedTuple):
    """An example as a model reads it, and what it learns from it."""

    source: Any  # ids of tokens, int (time,), or features, float32 (time, width)
    tokens: Sequence[str] = ()  # the source's, where a model reads their characters or copies them
    target: Any = ()  # ids of what is predicted


def pad(rows: Sequence[Sequence[int]]) -> np.ndarray:
    """Pads rows of ids at the end to the longest: int32 (batch, time).

    Raises:
        ValueError: a row is empty or holds the padding id; cuDNN's masks allow neither.
    """
    lengths = [len(row) for row in rows]
    padded = np.full((len(rows), max(lengths, default=0)), PADDING_ID, dtype="int32")
    for row, of_row, length in zip(rows, padded, lengths, strict=True):
        of_row[:length] = row
    if np.count_nonzero(padded != PADDING_ID) != sum(lengths) or not all(lengths):
        number = next(number for number, row in enumerate(rows) if not len(row) or PADDING_ID in row)
        raise ValueError(f"row {number} is {'padded already' if lengths[number] else 'empty'}")
    return padded


def bucketed(
    lengths: Sequence[int] | np.ndarray, batch_size: int, random: np.random.Generator, pool: int = 50
) -> Iterator[list[int]]:
    """Draws an epoch: every index once, in length-bucketed batches and in random order.

    Indices are shuffled, cut into pools of `pool` batches, sorted by length inside a pool and cut into
    batches, whose order is shuffled.
    """
    lengths = np.asarray(lengths)
    order = random.permutation(len(lengths))
    for start in range(0, len(order), pool * batch_size):
        part = order[start : start + pool * batch_size]
        part[:] = part[lengths[part].argsort(kind="stable")]
    for number in random.permutation(math.ceil(len(order) / batch_size)):
        yield order[number * batch_size : (number + 1) * batch_size].tolist()


class TrainingBatches:
    """Epochs of training batches, each with a new order drawn from the seed.

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
        lengths = (max(len(example.source), len(example.target)) for example in examples)
        self._lengths = np.fromiter(lengths, "int32", len(examples))
        self.random = np.random.default_rng(seed)

    def __len__(self) -> int:
        return math.ceil(len(self.examples) / self.batch_size)

    def epoch(self) -> Iterator[tuple]:
        """Yields the batches of a new epoch."""
        for batch in bucketed(self._lengths, self.batch_size, self.random):
            yield self.collate([self.examples[index] for index in batch])


def in_batches_by_length(
    examples: Sequence[Encoded], batch_size: int, predict: Callable[[list[Encoded]], Sequence], at_once: int = 1
) -> list:
    """Predicts examples in length-bucketed batches and returns the results in the examples' order.

    A batch holds `batch_size` examples, fewer where padded to the longest they would make more than `MOST_STEPS`;
    `at_once` batches are predicted at a time, in threads.
    """
    batches = []
    remaining = sorted(range(len(examples)), key=lambda index: len(examples[index].source))
    while remaining:
        size = 1
        while size < min(batch_size, len(remaining)):
            if (size + 1) * len(examples[remaining[size]].source) > MOST_STEPS:
                break
            size += 1
        batches.append(remaining[:size])
        remaining = remaining[size:]
    found = _mapped(predict, [[examples[index] for index in batch] for batch in batches], at_once)
    results: list = [None] * len(examples)
    for batch, of_batch in zip(batches, found, strict=True):
        for index, result in zip(batch, of_batch, strict=True):
            results[index] = result
    return results


def _mapped(predict: Callable[[Any], Sequence], batches: list, at_once: int) -> Iterable[Sequence]:
    if min(at_once, len(batches)) <= 1:
        return map(predict, batches)
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(predict, batches))


def streamed(
    items: Iterable[Item],
    encode: Callable[[Item], Encoded],
    batch_size: int,
    predict: Callable[[list[Encoded]], Sequence],
    at_once: int = 1,
) -> Iterator[tuple[Item, Encoded, Any]]:
    """Predicts what `encode` makes of items, streaming: each item, what was made of it, and its result, in order."""
    remaining = iter(items)
    while chunk := list(islice(remaining, STREAMED)):
        encoded = [encode(item) for item in chunk]
        yield from zip(chunk, encoded, in_batches_by_length(encoded, batch_size, predict, at_once), strict=True)
