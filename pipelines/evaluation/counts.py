"""Precision, recall, F1 and the correlation coefficient as functions of counts, on many resamples at once."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

Average = Literal["macro", "micro"] | None  # None: each label alone

NAMES = ("precision", "recall", "f1")


class Counts(NamedTuple):
    """Decisions for each label: float64 (..., labels)."""

    correct: np.ndarray
    predicted: np.ndarray
    actual: np.ndarray


def tabulate(example: np.ndarray, label: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Number of items by example and label.

    Args:
        example: the example that each item belongs to, int (items,).
        label: the label of each item, int (items,).
        shape: number of the examples and of the labels.

    Returns: float64 (examples, labels).
    """
    return np.bincount(example * shape[1] + label, minlength=shape[0] * shape[1]).reshape(shape).astype(float)


def resample(counts: Counts, weights: np.ndarray) -> Counts:
    """Sums the counts of the examples in each resample: (examples, labels) to (resamples, labels)."""
    sums = weights @ np.concatenate(counts, axis=1)  # at once: the weights are what takes time to read
    return Counts(*np.split(sums, len(counts), axis=1))


def precision_recall_f1(counts: Counts, average: Average, zero_division: float) -> Sequence[np.ndarray]:
    """Precision, recall and F1 as scikit-learn and seqeval define them.

    Args:
        counts: decisions, (..., labels).
        average: `macro` is the mean over the labels that occur in the references or the predictions; None, each label.
        zero_division: the value where the denominator is 0.

    Returns: three arrays in [0, 1], shape (...) or, without an average, (..., labels).
    """
    if average == "micro":
        counts = Counts(*(table.sum(axis=-1) for table in counts))
    correct, predicted, actual = counts
    ratios = [
        _divide(correct, predicted, zero_division),
        _divide(correct, actual, zero_division),
        _divide(2 * correct, predicted + actual, zero_division),
    ]
    if average != "macro":
        return ratios
    occurs = predicted + actual > 0
    return [_divide((ratio * occurs).sum(axis=-1), occurs.sum(axis=-1), zero_division) for ratio in ratios]


def accuracy(counts: Counts) -> np.ndarray:
    """Share of correct decisions, (...); every decision has one label."""
    return counts.correct.sum(axis=-1) / counts.actual.sum(axis=-1)


def correlation(counts: Counts) -> np.ndarray:
    """Matthews's correlation coefficient for any number of labels, in [-1, 1], (...); 0 where it is undefined.

    Reference: Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation coefficient".
    """
    correct, predicted, actual = counts
    total = actual.sum(axis=-1)
    covariance = correct.sum(axis=-1) * total - (predicted * actual).sum(axis=-1)
    spread = (total**2 - (predicted**2).sum(axis=-1)) * (total**2 - (actual**2).sum(axis=-1))
    return _divide(covariance, np.sqrt(spread), 0)


def _divide(numerator: np.ndarray, denominator: np.ndarray, zero_division: float) -> np.ndarray:
    result = np.full(np.shape(numerator), float(zero_division))
    return np.divide(numerator, denominator, out=result, where=denominator != 0)
