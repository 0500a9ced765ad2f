"""Which predictions are right as a whole, and what they answer."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipelines.data.examples import Example
from pipelines.evaluation.family import Predictions, References

FIELDS = ("label", "labels", "tags", "target_text")  # of an example, one of which a task predicts


def rights(references: References, predictions: Predictions) -> np.ndarray | None:
    """Whether each prediction is right as a whole, bool (examples,); None where predictions are no answers."""
    if not references or predicted_field(references[0]) is None:
        return None
    pairs = zip(references, predictions, strict=True)
    return np.array([answer(example, row) == gold(example) for example, row in pairs], dtype=bool)


def predicted_field(example: Example) -> str | None:
    """Which field of an example is predicted; None where a language model only reads it."""
    return next((name for name in FIELDS if getattr(example, name) is not None), None)


def gold(example: Example) -> Any:
    """The right answer; of several labels a sorted list."""
    found = getattr(example, predicted_field(example) or "id")
    return sorted(found) if example.labels is not None else found


def answer(example: Example, row: Mapping[str, Any]) -> Any:
    """What a prediction answers, in the form of `gold`."""
    name = predicted_field(example)
    if name == "labels":
        return sorted(row["labels"])
    return tuple(row["tags"]) if name == "tags" else row["text" if name == "target_text" else "label"]
