"""Scores as files: what evaluate writes and compare reads."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Literal, get_type_hints

import msgspec

from embeddings.foundation.files import write_json
from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.reading import read_json
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.scores import Score

Scores = dict[str, dict[str, list[Score]]]  # system -> split -> scores

ROW: Any = msgspec.defstruct(
    "ROW",
    [("system", str), ("split", Literal["dev", "test"]), *get_type_hints(Score).items()],
    forbid_unknown_fields=True,
)


def write_scores(path: str | Path, scores: Scores) -> None:
    """Writes scores as a list of flat objects."""
    rows = [
        {"system": system, "split": split, **asdict(score)}
        for system, splits in scores.items()
        for split, of_split in splits.items()
        for score in of_split
    ]
    write_json(path, rows)


def read_scores(path: str | Path) -> Scores:
    """Reads what `write_scores` wrote.

    Raises:
        InputError: it is of another shape.
    """
    scores: Scores = {}
    for row in read_json(path, list[ROW], PARSED_BYTES):
        score = Score(*(getattr(row, each.name) for each in fields(Score)))
        scores.setdefault(row.system, {}).setdefault(row.split, []).append(score)
    return scores


def main_scores(scores: Iterable[Score], metrics: Iterable[Metric]) -> dict[Metric, Score]:
    """The scores of the whole of those metrics that were measured, in the metrics' order."""
    found = {score.metric: score for score in scores if not score.label}
    return {metric: found[metric.name] for metric in metrics if metric.name in found}


def summary(scores: Scores, metrics: Iterable[Metric]) -> dict[str, dict[str, dict[str, float]]]:
    """The main numbers, for `dvc metrics`: system -> split -> metric -> value."""

    def rounded(of_split: Iterable[Score]) -> dict[str, float]:
        return {
            metric.name: round(score.value, metric.decimals) for metric, score in main_scores(of_split, metrics).items()
        }

    return {
        system: {split: rounded(of_split) for split, of_split in splits.items()} for system, splits in scores.items()
    }
