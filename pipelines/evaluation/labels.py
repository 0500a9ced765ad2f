"""Metrics of decisions that each have one label, for documents and for tokens.

They are those of scikit-learn, which the tests hold them to. A label that only the references or only the predictions
have counts like any other.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.evaluation import counts
from pipelines.evaluation.family import Key, Statistic
from pipelines.evaluation.metrics import Metric

ACCURACY, MCC, MACRO_F1 = Metric("accuracy"), Metric("mcc", unit=""), Metric("macro_f1")
OTHERS = tuple(
    Metric(name) for name in ("macro_precision", "macro_recall", "micro_precision", "micro_recall", "micro_f1")
)
OPTIONS: dict[str, Any] = {"zero_division": 0}
AVERAGES: tuple[counts.Average, ...] = ("macro", "micro", None)


def statistic(actual: Sequence[str], predicted: Sequence[str], example: np.ndarray, examples: int) -> Statistic:
    """Accuracy, correlation, and precision, recall and F1 by average and by label, on resamples of examples.

    Args:
        actual: the reference label of each decision.
        predicted: the predicted label of each, in the same order.
        example: the number of the example that each decision belongs to, int (decisions,).
        examples: how many there are.
    """
    names = sorted({*actual, *predicted})
    number = {name: index for index, name in enumerate(names)}
    truth, guess = (np.array([number[name] for name in side]) for side in (actual, predicted))
    shape = (examples, len(names))
    right = truth == guess
    table = counts.Counts(
        correct=counts.tabulate(example[right], truth[right], shape),
        predicted=counts.tabulate(example, guess, shape),
        actual=counts.tabulate(example, truth, shape),
    )
    options: dict[Key, dict[str, Any]] = {(ACCURACY.name, ""): {}, (MCC.name, ""): {}}
    options |= ratio_options(names)

    def values(weights: np.ndarray) -> dict[Key, np.ndarray]:
        sums = counts.resample(table, weights)
        columns = [counts.accuracy(sums), counts.correlation(sums), *ratios(sums)]
        return {key: 100 * column for key, column in zip(options, columns, strict=True)}

    return Statistic(examples, values, options)


def ratio_options(names: Sequence[str]) -> dict[Key, dict[str, Any]]:
    """The options of precision, recall and F1, by average and by label."""
    return {
        (f"{average}_{name}" if average else name, label): {"average": average, **OPTIONS}
        for average in AVERAGES
        for name in counts.NAMES
        for label in ([""] if average else names)
    }


def ratios(sums: counts.Counts) -> list[np.ndarray]:
    """Precision, recall and F1 of counts (resamples, labels), each (resamples,), in the order of `ratio_options`."""
    columns: list[np.ndarray] = []
    for average in AVERAGES:
        for ratio in counts.precision_recall_f1(sums, average, **OPTIONS):
            columns.extend([ratio] if average else ratio.T)
    return columns
