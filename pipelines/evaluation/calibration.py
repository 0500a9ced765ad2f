"""Calibration metrics: log loss, Brier score, expected calibration error."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pipelines.evaluation.family import Key, Statistic
from pipelines.evaluation.metrics import Metric

METRICS = (
    Metric("log_loss", better="lower", decimals=4, unit="nats"),
    Metric("brier", better="lower"),
    Metric("calibration_error", better="lower"),
)
BINS = 15  # of equal width
FLOOR = 1e-6  # to which predictions round their probabilities: none is taken for smaller


class Texts(NamedTuple):
    """Probabilities of texts: float64 (texts, classes), and the number of each text's class, int (texts,)."""

    probabilities: np.ndarray
    actual: np.ndarray


def statistic(texts: Texts) -> Statistic:
    """Log loss in nats; in percent the Brier score and the expected calibration error; on resamples of texts.

    The Brier score is halved for two classes, so that it lies between 0 and 1, as scikit-learn does. The calibration
    error is the mean distance of the confidence in the predicted class and the accuracy, by bins of confidence.

    Reference: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 2.
    """
    rows, classes = np.arange(len(texts.actual)), texts.probabilities.shape[1]
    losses = -np.log(_floored(texts.probabilities)[rows, texts.actual])
    squares = ((texts.probabilities - np.eye(classes)[texts.actual]) ** 2).sum(axis=1)
    squares = squares / 2 if classes == 2 else squares

    def values(weights: np.ndarray) -> dict[Key, np.ndarray]:
        total = weights.sum(axis=1)
        return {
            ("log_loss", ""): weights @ losses / total,
            ("brier", ""): 100 * (weights @ squares) / total,
            ("calibration_error", ""): 100 * _calibration_error(texts, weights),
        }

    options: dict[Key, dict[str, Any]] = {
        ("log_loss", ""): {"floor": FLOOR},
        ("brier", ""): {"halved": classes == 2},
        ("calibration_error", ""): {"bins": BINS, "confidence": "highest"},
    }
    return Statistic(len(texts.actual), values, options)


def of_decisions(probabilities: np.ndarray, actual: np.ndarray) -> Statistic:
    """The same numbers of labels that do not exclude each other: means over the decisions whether a text has a label.

    The calibration error is the mean distance of the probability and the share of texts with the label.

    Args:
        probabilities: of the labels, float64 (texts, labels).
        actual: which texts have them, bool (texts, labels).
    """
    texts, labels = actual.shape
    given = np.clip(np.where(actual, probabilities, 1 - probabilities), FLOOR, None)
    bins = np.clip(np.ceil(probabilities * BINS).astype(int) - 1, 0, BINS - 1)
    places = (np.arange(texts)[:, None] * BINS + bins).ravel()
    gaps = np.bincount(places, (probabilities - actual).ravel(), texts * BINS).reshape(texts, BINS)
    means = np.stack([-np.log(given).mean(axis=1), ((probabilities - actual) ** 2).mean(axis=1)], axis=1)

    def values(weights: np.ndarray) -> dict[Key, np.ndarray]:
        total = weights.sum(axis=1)
        losses, squares = (weights @ means).T / total
        return {
            ("log_loss", ""): losses,
            ("brier", ""): 100 * squares,
            ("calibration_error", ""): 100 * np.abs(weights @ gaps).sum(axis=1) / (labels * total),
        }

    options: dict[Key, dict[str, Any]] = {
        ("log_loss", ""): {"floor": FLOOR, "labels": labels},
        ("brier", ""): {"labels": labels},
        ("calibration_error", ""): {"bins": BINS, "labels": labels},
    }
    return Statistic(texts, values, options)


def reliability(texts: Texts) -> list[Sequence[float]]:
    """For each bin of confidence that holds any: mean confidence and accuracy in percent, and the number of texts."""
    bins, confidence, right = _by_confidence(texts)
    rows = []
    for number in np.unique(bins):
        inside = bins == number
        means = (100 * float(values[inside].mean()) for values in (confidence, right))
        rows.append([*(round(mean, 2) for mean in means), int(inside.sum())])
    return rows


def _floored(probabilities: np.ndarray) -> np.ndarray:
    floored = np.maximum(probabilities, FLOOR)
    return floored / floored.sum(axis=1, keepdims=True)


def _by_confidence(texts: Texts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The bin of each text, its confidence, and whether its predicted class is right."""
    confidence = texts.probabilities.max(axis=1)
    bins = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    return bins, confidence, (texts.probabilities.argmax(axis=1) == texts.actual).astype(float)


def _calibration_error(texts: Texts, weights: np.ndarray) -> np.ndarray:
    """The expected calibration error in [0, 1] on each resample: float64 (resamples, texts) to (resamples,)."""
    bins, confidence, right = _by_confidence(texts)
    gaps = np.zeros((len(bins), BINS))
    gaps[np.arange(len(bins)), bins] = confidence - right
    return np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1)
