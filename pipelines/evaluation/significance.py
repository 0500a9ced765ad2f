"""Bootstrap intervals of a metric, and of the difference between two systems on the same examples."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TypeVar

import numpy as np

INTERVAL = "bootstrap-percentile"
NO_INTERVAL = "none"  # of a single unit there is nothing to draw
LEVEL = 95  # percent
RESAMPLES = 1000

K = TypeVar("K", bound=Hashable)

_CHUNK_NUMBERS = 2_000_000  # of weights held at once: 16 MB


def draws(examples: int, *, seed: int, resamples: int = RESAMPLES) -> Iterator[np.ndarray]:
    """How often each example is drawn in each resample, in chunks: float64 (chunk, examples), whole numbers.

    The same seed and number of examples give the same draws, which is what pairs two systems.
    """
    generator = np.random.default_rng(seed)
    for rows in chunks(examples, resamples):
        weights = np.empty((rows, examples))
        for row in weights:
            row[:] = np.bincount(generator.integers(examples, size=examples), minlength=examples)
        yield weights


def chunks(examples: int, resamples: int) -> Iterator[int]:
    """Into how many resamples at once the resamples are divided, so that their weights fit into memory."""
    size = max(1, _CHUNK_NUMBERS // examples)
    for start in range(0, resamples, size):
        yield min(size, resamples - start)


def bootstrap(
    resampler: Callable[[np.ndarray], Mapping[K, np.ndarray]], examples: int, *, seed: int, resamples: int = RESAMPLES
) -> dict[K, np.ndarray]:
    """The values that a statistic takes on resamples of the examples, drawn with replacement.

    Args:
        resampler: from draws, float64 (chunk, examples), to the values of each metric, (chunk,).
        examples: number of the sentences or documents, which are drawn whole.
        seed: of the draws.
        resamples: number of values for each metric.

    Returns: float64 (resamples,) for each metric.

    Reference: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
    """
    chunks = [resampler(weights) for weights in draws(examples, seed=seed, resamples=resamples)]
    return {key: np.concatenate([chunk[key] for chunk in chunks]) for key in chunks[0]}


def interval(values: np.ndarray) -> tuple[float, float]:
    """The percentile interval of resampled values; resamples on which the metric is undefined (NaN) are left out."""
    tail = (100 - LEVEL) / 2
    low, high = np.percentile(values[~np.isnan(values)], [tail, 100 - tail])
    return float(low), float(high)
