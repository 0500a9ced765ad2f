"""The area under the ROC curve on many resamples at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.evaluation.family import Key, Statistic
from pipelines.evaluation.metrics import Metric

ROC_AUC = Metric("roc_auc")


def statistic(classes: Sequence[tuple[np.ndarray, np.ndarray]], examples: int, options: Mapping[str, Any]) -> Statistic:
    """The mean area under the ROC curve of classes, of those that a resample has.

    Args:
        classes: of each, which examples are of it, and its probability in each prediction, as `resampler` takes them.
        examples: how many there are.
        options: for the signature.
    """
    areas = [resampler(*columns) for columns in classes]

    def values(weights: np.ndarray) -> dict[Key, np.ndarray]:
        each = np.array([area(weights) for area in areas])
        defined = (~np.isnan(each)).sum(axis=0)
        mean = np.full(len(weights), np.nan)
        return {key: 100 * np.divide(np.nansum(each, axis=0), defined, out=mean, where=defined > 0)}

    key = (ROC_AUC.name, "")
    return Statistic(examples, values, {key: {**options, "ties": "half"}})


def resampler(positive: np.ndarray, score: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The share of pairs of a positive and a negative example in which the positive one has the higher score.

    Examples are sorted by score once; in each resample a positive example wins over the weight of the negative
    ones below it, and half the weight of those that tie with it.

    Args:
        positive: whether each example is of the class, bool (examples,).
        score: the probability of the class, (examples,).

    Returns: a function from draws, float64 (resamples, examples), to areas in [0, 1], (resamples,); NaN where a
    resample lacks positive or negative examples.
    """
    order = np.argsort(score, kind="stable")
    ties = np.flatnonzero(np.diff(score[order], prepend=-np.inf))  # where a run of equal scores starts
    is_positive = positive[order]

    def area(weights: np.ndarray) -> np.ndarray:
        drawn = weights[:, order]
        positives = np.add.reduceat(drawn * is_positive, ties, axis=1)
        negatives = np.add.reduceat(drawn * ~is_positive, ties, axis=1)
        below = np.cumsum(negatives, axis=1) - negatives
        won = (positives * (below + negatives / 2)).sum(axis=1)
        pairs = positives.sum(axis=1) * negatives.sum(axis=1)
        return np.divide(won, pairs, out=np.full(len(won), np.nan), where=pairs > 0)

    return area
