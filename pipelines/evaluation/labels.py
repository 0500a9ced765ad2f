"""Metrics of decisions that each have one label: scikit-learn's, for documents and for tokens."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.evaluation import counts
from pipelines.evaluation.family import Measured, Resampler
from pipelines.evaluation.metrics import Metric

LIBRARY = "scikit-learn"
ACCURACY, MCC, MACRO_F1 = Metric("accuracy"), Metric("mcc", unit=""), Metric("macro_f1")
OTHERS = tuple(
    Metric(name) for name in ("macro_precision", "macro_recall", "micro_precision", "micro_recall", "micro_f1")
)
OPTIONS: dict[str, Any] = {"zero_division": 0}
AVERAGES: tuple[counts.Average, ...] = ("macro", "micro", None)


def measure(actual: Sequence[str], predicted: Sequence[str]) -> list[Measured]:
    """Accuracy, correlation, and precision, recall and F1 by average and by label.

    A label that only the references or only the predictions have counts like any other.

    Args:
        actual: the reference label of each decision.
        predicted: the predicted label of each, in the same order.
    """
    from sklearn import metrics

    names, truth, guess = _code(actual, predicted)
    measured = [
        Measured("accuracy", 100 * float(metrics.accuracy_score(truth, guess)), LIBRARY),
        Measured("mcc", 100 * float(metrics.matthews_corrcoef(truth, guess)), LIBRARY),
    ]
    for average in AVERAGES:
        options = {"average": average, **OPTIONS}
        ratios = metrics.precision_recall_fscore_support(truth, guess, **options)[:3]
        for (metric, label), value in _named(ratios, average, names).items():
            measured.append(Measured(metric, 100 * float(value), LIBRARY, options, label))
    return measured


def resampler(actual: Sequence[str], predicted: Sequence[str], example: np.ndarray, examples: int) -> Resampler:
    """The metrics of `measure` on resamples.

    Args:
        actual: the reference label of each decision.
        predicted: the predicted label of each.
        example: the number of the example that each decision stands in, int (decisions,).
        examples: how many there are.
    """
    names, truth, guess = _code(actual, predicted)
    shape = (examples, len(names))
    right = truth == guess
    tables = counts.Counts(
        correct=counts.tabulate(example[right], truth[right], shape),
        predicted=counts.tabulate(example, guess, shape),
        actual=counts.tabulate(example, truth, shape),
    )

    def metrics(weights: np.ndarray) -> dict[counts.Key, np.ndarray]:
        sums = counts.resample(tables, weights)
        values = {("accuracy", ""): counts.accuracy(sums), ("mcc", ""): counts.correlation(sums)}
        for average in AVERAGES:
            values |= _named(counts.precision_recall_f1(sums, average, **OPTIONS), average, names)
        return {key: 100 * value for key, value in values.items()}

    return metrics


def _code(actual: Sequence[str], predicted: Sequence[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The sorted labels, and each decision as the number of its label."""
    names = sorted({*actual, *predicted})
    number = {name: index for index, name in enumerate(names)}
    return names, np.array([number[name] for name in actual]), np.array([number[name] for name in predicted])


def _named(ratios: Sequence[Any], average: counts.Average, names: list[str]) -> dict[counts.Key, np.ndarray]:
    return counts.named(f"{average}_", ratios, None) if average else counts.named("", ratios, names)
