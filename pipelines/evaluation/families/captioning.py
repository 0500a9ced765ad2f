"""Metrics of captions: exact match and character error rate."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.family import Family, Key, Predictions, References, Statistic
from pipelines.evaluation.metrics import Metric

OPTIONS: dict[Key, dict[str, Any]] = {
    ("exact_match", ""): {"case": "kept"},
    ("character_error_rate", ""): {"case": "kept", "distance": "levenshtein", "average": "micro"},
}


class Captioning(Family):
    """Metrics of captions."""

    UNIT = "caption"
    MAIN = (Metric("exact_match"), Metric("character_error_rate", better="lower"))

    def check(self, reference: Example, prediction: Mapping[str, Any]) -> None:
        """Requires a caption on both sides; that of the example is not empty."""
        if not reference.target_text:
            raise InputError(f"expected an example with a `target_text`, got {reference.target_text!r}")
        if not isinstance(prediction.get("text"), str):
            raise InputError(f"expected a `text`, got {prediction.get('text')!r}")

    def statistic(self, references: References, predictions: Predictions, only: Metric | None = None) -> Statistic:
        """Every number; the error rate is edits of all captions over the characters of all references."""
        from rapidfuzz.distance import Levenshtein

        pairs = list(self.confusion(references, predictions))
        edits = np.array([Levenshtein.distance(output, reference) for reference, output in pairs], dtype=float)
        lengths = np.array([len(reference) for reference, _ in pairs], dtype=float)

        def values(weights: np.ndarray) -> dict[Key, np.ndarray]:
            return {
                ("exact_match", ""): 100 * (weights @ (edits == 0)) / weights.sum(axis=1),
                ("character_error_rate", ""): 100 * (weights @ edits) / (weights @ lengths),
            }

        return Statistic(len(references), values, OPTIONS)

    def confusion(self, references: References, predictions: Predictions) -> Iterator[tuple[str, str]]:
        """Each caption and what was written in its place."""
        for reference, row in zip(references, predictions, strict=True):
            yield str(reference.target_text), row["text"]


FAMILY = Captioning()
