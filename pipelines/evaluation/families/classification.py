"""Metrics of labelled texts: label metrics; where there are probabilities, ROC-AUC and calibration."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation import calibration, labels, ranking
from pipelines.evaluation.family import Family, Predictions, References, Statistic
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.predictions import require_probabilities


class Classification(Family):
    """Metrics of labelled texts."""

    UNIT = "document"
    MAIN = (labels.ACCURACY, labels.MACRO_F1, labels.MCC, ranking.ROC_AUC)
    OTHERS = (*labels.OTHERS, *calibration.METRICS)

    def check(self, reference: Example, prediction: Mapping[str, Any]) -> None:
        """Requires a label on both sides."""
        if reference.label is None:
            raise InputError("expected an example with a label, got one without")
        if not isinstance(prediction.get("label"), str):
            raise InputError(f"expected a `label`, got {prediction.get('label')!r}")
        require_probabilities(prediction, sum_to_one=True)

    def statistic(self, references: References, predictions: Predictions, only: Metric | None = None) -> Statistic:
        """Every number. ROC-AUC and calibration metrics are there if every prediction has probabilities.

        Of two classes, the last in alphabetical order is the positive one. Of more, each is scored against the rest and
        those that occur in the references are averaged. A label that the model does not know has probability 0.
        """
        found = labels.statistic(*_labels(references, predictions), np.arange(len(references)), len(references))
        if only and (only.name, "") in found.options:
            return found
        if classes := _classes(references, predictions):
            several = {"average": "macro", "multi_class": "ovr", "classes": len(classes)}
            options = several if len(classes) > 1 else {"positive": next(iter(classes))}
            found |= ranking.statistic([*classes.values()], len(references), options)
        if texts := _texts(references, predictions):
            found |= calibration.statistic(texts)
        return found

    def confusion(self, references: References, predictions: Predictions) -> Iterator[tuple[str, str]]:
        """Actual and predicted label of each text."""
        return zip(*_labels(references, predictions), strict=True)

    def tables(self, references: References, predictions: Predictions) -> dict[str, list[Sequence[Any]]]:
        """A table for a reliability plot, if every prediction has probabilities."""
        texts = _texts(references, predictions)
        return {"reliability": [("confidence", "accuracy", "texts"), *calibration.reliability(texts)]} if texts else {}


def _labels(references: References, predictions: Predictions) -> tuple[list[str], list[str]]:
    return [str(reference.label) for reference in references], [row["label"] for row in predictions]


def _texts(references: References, predictions: Predictions) -> calibration.Texts | None:
    """The probabilities of all classes, those of the references alone included; None where a row has none.

    Rows are rounded; they are made to add up to one again.
    """
    if not all(row.get("probabilities") for row in predictions):
        return None
    names = sorted(
        {str(reference.label) for reference in references}.union(*(row["probabilities"] for row in predictions))
    )
    if len(names) < 2:
        return None
    probabilities = np.array([[row["probabilities"].get(name, 0.0) for name in names] for row in predictions])
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    number = {name: index for index, name in enumerate(names)}
    return calibration.Texts(probabilities, np.array([number[str(reference.label)] for reference in references]))


def _classes(references: References, predictions: Predictions) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each class that has an area: which references are of it, and its probability in each prediction."""
    if not all(row.get("probabilities") for row in predictions):
        return {}
    actual = np.array([reference.label for reference in references])
    names = sorted({*actual.tolist()}.union(*(row["probabilities"] for row in predictions)))
    classes = {}
    for name in names[1:] if len(names) == 2 else names:
        positive = actual == name
        if positive.any() and not positive.all():
            probability = np.array([row["probabilities"].get(name, 0.0) for row in predictions], dtype=float)
            classes[name] = (positive, probability)
    return classes


FAMILY = Classification()
