"""What plots are drawn from: tables of one system's decisions on one split, as CSV files."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from embeddings.foundation.escaping import cell
from embeddings.foundation.files import atomic_file
from pipelines.evaluation.family import Family, Predictions, References
from pipelines.evaluation.scores import Score


def write_tables(
    folder: Path, family: Family, references: References, predictions: Predictions, scores: Iterable[Score]
) -> None:
    """Writes confusions, the scores of each label and a family's own tables; one without rows is left out."""
    write_table(folder / "confusion.csv", ("actual", "predicted"), family.confusion(references, predictions))
    write_table(folder / "per_label.csv", *per_label(scores))
    for name, (header, *rows) in family.tables(references, predictions).items():
        write_table(folder / f"{name}.csv", header, rows)


def per_label(scores: Iterable[Score]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a table with a row for each label and a column for each metric."""
    cells = {(score.label, score.metric): f"{score.value:.2f}" for score in scores if score.label}
    labels = dict.fromkeys(label for label, _ in cells)
    metrics = dict.fromkeys(metric for _, metric in cells)
    return ["label", *metrics], [[label, *(cells.get((label, metric), "") for metric in metrics)] for label in labels]


def write_table(path: Path, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Writes a CSV file; a table without rows is left out."""
    rows = list(rows)
    if rows:
        with atomic_file(path) as file:
            csv.writer(file, lineterminator="\n").writerows([cell(each) for each in row] for row in [header, *rows])
