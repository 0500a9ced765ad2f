"""Metrics of tagged sentences: label metrics over real tokens."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation import labels
from pipelines.evaluation.family import Family, Predictions, References, Statistic
from pipelines.evaluation.metrics import Metric


class Tagging(Family):
    """Metrics of tagged sentences."""

    UNIT = "sentence"
    MAIN = (labels.ACCURACY, labels.MACRO_F1, labels.MCC)
    OTHERS = labels.OTHERS

    def check(self, reference: Example, prediction: Mapping[str, Any]) -> None:
        """Requires one predicted tag for each token."""
        if reference.tags is None:
            raise InputError("expected an example with tags, got one without")
        tags = prediction.get("tags")
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise InputError(f"expected a list of `tags`, got {tags!r}")
        if len(tags) != len(reference.tags):
            raise InputError(f"expected {len(reference.tags)} tags, one per token, got {len(tags)}")

    def statistic(self, references: References, predictions: Predictions, only: Metric | None = None) -> Statistic:
        """Every number on resamples of whole sentences; a tag counts once for each token that has it."""
        sentence = np.repeat(np.arange(len(references)), [len(reference.tokens) for reference in references])
        return labels.statistic(*_tags(references, predictions), sentence, len(references))

    def confusion(self, references: References, predictions: Predictions) -> Iterator[tuple[str, str]]:
        """Actual and predicted tag of each token."""
        return zip(*_tags(references, predictions), strict=True)


def _tags(references: References, predictions: Predictions) -> tuple[list[str], list[str]]:
    """Tags of all tokens, one sentence after another."""
    actual = chain.from_iterable(reference.tags or () for reference in references)
    predicted = chain.from_iterable(row["tags"] for row in predictions)
    return list(actual), list(predicted)


FAMILY = Tagging()
