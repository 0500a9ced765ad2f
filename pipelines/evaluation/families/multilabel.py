"""Metrics of texts with any number of labels; where there are probabilities, ROC-AUC and calibration."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation import calibration, counts, labels, ranking
from pipelines.evaluation.family import Family, Key, Predictions, References, Statistic
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.predictions import require_probabilities

MICRO_F1, MACRO_F1, SAMPLES_F1 = Metric("micro_f1"), Metric("macro_f1"), Metric("samples_f1")
SUBSET_ACCURACY = Metric("subset_accuracy")  # the share of texts whose labels are all right
HAMMING_LOSS = Metric("hamming_loss", better="lower")  # the share of decisions, label by label, that are wrong
NOTHING: dict[str, Any] = {"zero_division": 1}  # where a text has no label, and none is predicted, all is right


class Multilabel(Family):
    """Metrics of texts with any number of labels."""

    UNIT = "document"
    MAIN = (MICRO_F1, MACRO_F1, SAMPLES_F1, SUBSET_ACCURACY)
    OTHERS = (
        *(metric for metric in labels.OTHERS if metric.name != MICRO_F1.name),
        HAMMING_LOSS,
        ranking.ROC_AUC,
        *calibration.METRICS,
    )

    def check(self, reference: Example, prediction: Mapping[str, Any]) -> None:
        """Requires lists of labels on both sides."""
        if reference.labels is None:
            raise InputError("expected an example with labels, got one without")
        found = prediction.get("labels")
        if not isinstance(found, list) or not all(isinstance(label, str) for label in found):
            raise InputError(f"expected a list of `labels`, got {found!r}")
        if len(set(found)) < len(found):
            raise InputError(f"expected each of the `labels` once, got {found!r}")
        require_probabilities(prediction, sum_to_one=False)

    def statistic(self, references: References, predictions: Predictions, only: Metric | None = None) -> Statistic:
        """Every number. ROC-AUC and calibration metrics are there if every prediction has probabilities.

        Averages are of the labels that occur in the references or the predictions. A label that the model does not
        know has probability 0.
        """
        actual, predicted = ([set(names) for names in side] for side in _labels(references, predictions))
        names = sorted(set().union(*actual, *predicted))
        truth, guess = (_table(side, names) for side in (actual, predicted))
        known = sorted(set(names).union(*(row.get("probabilities") or () for row in predictions)))
        found = _of_decisions(truth, guess, names, len(known))
        if only and (only.name, "") in found.options:
            return found
        if all(row.get("probabilities") for row in predictions):
            truth = _table(actual, known)
            shares = np.array([[row["probabilities"].get(name, 0.0) for name in known] for row in predictions])
            found |= calibration.of_decisions(shares, truth)
            varied = [index for index in range(len(known)) if 0 < truth[:, index].sum() < len(truth)]
            if varied:
                classes = [(truth[:, index], shares[:, index]) for index in varied]
                found |= ranking.statistic(classes, len(truth), {"average": "macro", "labels": len(varied)})
        return found

    def tables(self, references: References, predictions: Predictions) -> dict[str, list[Sequence[Any]]]:
        """How often each label occurs, is predicted, and is right."""
        actual, predicted = _labels(references, predictions)
        names = sorted(set().union(*actual, *predicted))
        truth, guess = _table(actual, names), _table(predicted, names)
        columns = (truth.sum(axis=0), guess.sum(axis=0), (truth & guess).sum(axis=0))
        rows = [(name, *map(int, row)) for name, *row in zip(names, *columns, strict=True)]
        return {"label_counts": [("label", "actual", "predicted", "correct"), *rows]}


def _labels(references: References, predictions: Predictions) -> tuple[list[Sequence[str]], list[Sequence[str]]]:
    return [reference.labels or () for reference in references], [row["labels"] for row in predictions]


def _table(side: Sequence[Any], names: Sequence[str]) -> np.ndarray:
    """Which texts have which of the labels, bool (texts, labels)."""
    number = {name: index for index, name in enumerate(names)}
    table = np.zeros((len(side), len(names)), dtype=bool)
    for row, of_text in enumerate(side):
        table[row, [number[name] for name in of_text]] = True
    return table


def _of_decisions(truth: np.ndarray, guess: np.ndarray, names: Sequence[str], known: int) -> Statistic:
    """Precision, recall and F1 by average and by label, and how many sets and decisions are right.

    Args:
        truth: which texts have which labels, bool (texts, labels).
        guess: which ones are predicted.
        names: of the labels.
        known: how many there are, those included that neither occur nor are predicted.
    """
    right = truth & guess
    table = counts.Counts(*(each.astype(float) for each in (right, guess, truth)))
    samples = counts.precision_recall_f1(counts.Counts(*(each.sum(axis=-1) for each in table)), None, **NOTHING)[2]
    of_texts = np.stack([samples, (truth == guess).all(axis=1), (truth != guess).sum(axis=1) / max(1, known)])
    options: dict[Key, dict[str, Any]] = {
        (SAMPLES_F1.name, ""): {"average": "samples", **NOTHING},
        (SUBSET_ACCURACY.name, ""): {},
        (HAMMING_LOSS.name, ""): {"labels": known},
    }
    options |= labels.ratio_options(names)

    def values(weights: np.ndarray) -> dict[Key, np.ndarray]:
        means = weights @ of_texts.T / weights.sum(axis=1, keepdims=True)
        columns = [*means.T, *labels.ratios(counts.resample(table, weights))]
        return {key: 100 * column for key, column in zip(options, columns, strict=True)}

    return Statistic(len(truth), values, options)


FAMILY = Multilabel()
