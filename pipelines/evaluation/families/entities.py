"""Metrics of entities in tagged sentences, by seqeval: strict IOB2, and the reading of conlleval beside it.

They differ where tags break the scheme. Strict sees no entity in an I- without its B-; conlleval starts one there.
"""

from collections.abc import Mapping, Sequence
from operator import eq
from typing import Any, Literal

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation import counts
from pipelines.evaluation.families.tagging import Tagging
from pipelines.evaluation.family import Measured, Predictions, References, Resampler
from pipelines.evaluation.metrics import Metric

LIBRARY = "seqeval"
READINGS: dict[str, dict[str, Any]] = {
    "span": {"mode": "strict", "scheme": "IOB2", "zero_division": 0},
    "conlleval": {"mode": None, "scheme": None, "zero_division": 0},
}
AVERAGE: Literal["macro", "micro"] = "micro"

Span = tuple[str, int, int]  # type, first token, last or next token

_PREFIXES = ("B-", "I-")


class Entities(Tagging):
    """Metrics of entities."""

    MAIN = (
        Metric("span_f1"),
        Metric("conlleval_f1"),
        Metric("token_accuracy"),
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

    def measure(self, references: References, predictions: Predictions) -> list[Measured]:
        """Every value, of all entities and of each type."""
        from seqeval.metrics import accuracy_score, classification_report

        actual, predicted = _tags(references, predictions)
        measured = []
        for reading, options in READINGS.items():
            report: Any = classification_report(actual, predicted, output_dict=True, **{**options, **_scheme(options)})
            averages = {name: report.pop(f"{name} avg") for name in ("micro", "macro", "weighted")}
            for label, row in {"": averages[AVERAGE], **report}.items():
                in_use = {"average": None if label else AVERAGE, **options}
                for name in counts.NAMES:
                    value = 100 * float(row["f1-score" if name == "f1" else name])
                    measured.append(Measured(f"{reading}_{name}", value, LIBRARY, in_use, label))
        measured.append(Measured("token_accuracy", 100 * float(accuracy_score(actual, predicted)), LIBRARY))
        return measured

    def resampler(self, references: References, predictions: Predictions) -> Resampler:
        """The values of `measure` on resamples of whole sentences."""
        actual, predicted = _tags(references, predictions)
        tables = {reading: _tables(actual, predicted, options) for reading, options in READINGS.items()}
        tokens = np.array([len(tags) for tags in actual], dtype=float)
        right = np.array([sum(map(eq, *pair)) for pair in zip(actual, predicted, strict=True)], dtype=float)

        def metrics(weights: np.ndarray) -> dict[counts.Key, np.ndarray]:
            values = {("token_accuracy", ""): (weights @ right) / (weights @ tokens)}
            for reading, (types, table) in tables.items():
                sums = counts.resample(table, weights)
                zero_division = READINGS[reading]["zero_division"]
                values |= counts.named(f"{reading}_", counts.precision_recall_f1(sums, AVERAGE, zero_division), None)
                values |= counts.named(f"{reading}_", counts.precision_recall_f1(sums, None, zero_division), types)
            return {key: 100 * value for key, value in values.items()}

        return metrics


def _tags(references: References, predictions: Predictions) -> tuple[list[list[str]], list[list[str]]]:
    return [list(reference.tags or ()) for reference in references], [list(row["tags"]) for row in predictions]


def _scheme(options: Mapping[str, Any]) -> dict[str, Any]:
    """The scheme as seqeval's class of that name."""
    from seqeval import scheme

    return {"scheme": getattr(scheme, options["scheme"]) if options["scheme"] else None}


def _spans(sentences: list[list[str]], options: Mapping[str, Any]) -> list[set[Span]]:
    """The entities that seqeval finds in each sentence in a reading."""
    from seqeval.metrics.sequence_labeling import get_entities
    from seqeval.scheme import Entities

    if options["mode"] != "strict":
        return [set(get_entities(sentence)) for sentence in sentences]
    found = Entities(sentences, **_scheme(options)).entities
    return [{(entity.tag, entity.start, entity.end) for entity in sentence} for sentence in found]


def _tables(
    actual: list[list[str]], predicted: list[list[str]], options: Mapping[str, Any]
) -> tuple[list[str], counts.Counts]:
    """The types, and how many entities of each are found, predicted and there: (sentences, types)."""
    truth, guess = _spans(actual, options), _spans(predicted, options)
    types = sorted({span[0] for sentence in (*truth, *guess) for span in sentence})
    number = {name: index for index, name in enumerate(types)}

    def table(spans: Sequence[set[Span]]) -> np.ndarray:
        pairs = [(index, number[span[0]]) for index, sentence in enumerate(spans) for span in sentence]
        sentence, entity_type = np.array(pairs, dtype=int).reshape(-1, 2).T
        return counts.tabulate(sentence, entity_type, (len(spans), len(types)))

    found = [one & other for one, other in zip(truth, guess, strict=True)]
    return types, counts.Counts(correct=table(found), predicted=table(guess), actual=table(truth))


FAMILY = Entities()
