"""Metrics of entities in tagged sentences: strict IOB2, and the reading of conlleval beside it."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import eq, or_
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation import counts
from pipelines.evaluation.families.tagging import Tagging
from pipelines.evaluation.family import Key, Predictions, References, Statistic
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.spans import Span, spans

READINGS: dict[str, dict[str, Any]] = {
    "span": {"mode": "strict", "scheme": "IOB2", "zero_division": 0},
    "conlleval": {"mode": "conlleval", "scheme": "IOB2", "zero_division": 0},
}
ACCURACY = Metric("token_accuracy")
_PREFIXES = ("B-", "I-")


class Entities(Tagging):
    """Metrics of entities."""

    MAIN = (
        Metric("span_f1"),
        Metric("conlleval_f1"),
        ACCURACY,
        Metric("span_precision"),
        Metric("span_recall"),
    )
    OTHERS = (Metric("conlleval_precision"), Metric("conlleval_recall"))

    def check(self, reference: Example, prediction: Mapping[str, Any]) -> None:
        """Requires one predicted tag for each token, and O, B-<type> or I-<type> on both sides."""
        super().check(reference, prediction)
        for tag in (*(reference.tags or ()), *prediction["tags"]):
            if tag != "O" and not (tag.startswith(_PREFIXES) and len(tag) > 2):
                raise InputError(f"expected entity tags O, B-<type> and I-<type>, got {tag!r}")

    def statistic(self, references: References, predictions: Predictions, only: Metric | None = None) -> Statistic:
        """Every number on resamples of whole sentences: of all entities and of each type, in both readings."""
        actual = [reference.tags or () for reference in references]
        predicted = [row["tags"] for row in predictions]
        wanted = [name for name in READINGS if only is None or only.name.startswith(f"{name}_")]
        found = [_reading(name, actual, predicted) for name in wanted]
        if only is None or only.name == ACCURACY.name:
            found.append(_accuracy(actual, predicted))
        return reduce(or_, found)


def _accuracy(actual: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> Statistic:
    """The share of right tags."""
    tokens = np.array([len(tags) for tags in actual], dtype=float)
    right = np.array([sum(map(eq, *pair)) for pair in zip(actual, predicted, strict=True)], dtype=float)
    key = (ACCURACY.name, "")
    return Statistic(len(actual), lambda weights: {key: 100 * (weights @ right) / (weights @ tokens)}, {key: {}})


def _reading(name: str, actual: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> Statistic:
    """Precision, recall and F1 of entities in a reading: the micro average, and each type."""
    mode, zero_division = READINGS[name]["mode"], READINGS[name]["zero_division"]
    truth, guess = ([spans(tags, mode) for tags in side] for side in (actual, predicted))
    types = sorted({span[0] for sentence in (*truth, *guess) for span in sentence})
    number = {kind: index for index, kind in enumerate(types)}

    def table(found: Sequence[set[Span]]) -> np.ndarray:
        pairs = [(index, number[span[0]]) for index, sentence in enumerate(found) for span in sentence]
        sentence, entity_type = np.array(pairs, dtype=int).reshape(-1, 2).T
        return counts.tabulate(sentence, entity_type, (len(found), len(types)))

    right = [one & other for one, other in zip(truth, guess, strict=True)]
    tables = counts.Counts(correct=table(right), predicted=table(guess), actual=table(truth))

    def values(weights: np.ndarray) -> dict[Key, np.ndarray]:
        sums = counts.resample(tables, weights)
        micro = counts.precision_recall_f1(sums, "micro", zero_division)
        by_type = counts.precision_recall_f1(sums, None, zero_division)
        columns = [*micro, *(ratio[:, index] for index in range(len(types)) for ratio in by_type)]
        return {key: 100 * column for key, column in zip(options, columns, strict=True)}

    options = {
        (f"{name}_{ratio}", label): {"average": None if label else "micro", **READINGS[name]}
        for label in ("", *types)
        for ratio in counts.NAMES
    }
    return Statistic(len(actual), values, options)


FAMILY = Entities()
