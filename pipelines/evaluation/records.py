"""Scores as files: what evaluate writes and compare reads."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from embeddings.foundation.files import read_json, write_json
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.scores import Score

Scores = dict[str, dict[str, list[Score]]]  # system -> split -> scores


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
    """Reads what `write_scores` wrote."""
    scores: Scores = {}
    for row in read_json(path):
        system, split = row.pop("system"), row.pop("split")
        scores.setdefault(system, {}).setdefault(split, []).append(Score(**row))
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
