"""What stands on the report, group by group: what its templates are given."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from embeddings.foundation.reading import read_json
from pipelines.data.examples import read_dataset
from pipelines.evaluation.family import load_family
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.paired import SAME, verdict
from pipelines.reporting.leaderboard import Gap, Group, Leaderboard, Row, Value
from pipelines.reporting.page.charts import Chart, costs, learning_curves, read_history
from pipelines.reporting.page.data_report import DataReport, read_data_report
from pipelines.reporting.page.explanations import explained_examples
from pipelines.reporting.page.survey import Survey, survey
from pipelines.reporting.page.vector_worth import Worth, worth_of_vectors
from pipelines.reporting.text_table import p_text

GRAPHS = (".onnx", ".weights", ".data")  # ONNX graphs, and what stands beside them
EXAMPLE_BYTES = 2_500_000  # of all examples of the page


@dataclass(frozen=True)
class Places:
    """Folders of prepared datasets, of predictions, of run folders and of word vectors."""

    data: Path
    predictions: Path
    trained: Path
    vectors: Path


@dataclass(frozen=True)
class Provenance:
    """Where the numbers of a row are from: its configuration as JSON, and the command that makes them."""

    command: str
    configuration: str
    onnx_bytes: int


@dataclass(frozen=True)
class Cell:
    """A cell of the matrix of paired tests: how far the row's system is above the column's."""

    text: str
    verdict: str  # better, worse or same
    told: str


@dataclass(frozen=True)
class Contents:
    """A group of the leaderboard and all that is shown of it."""

    number: int
    group: Group
    provenance: Mapping[str, Provenance]  # by system
    matrix: Sequence[Sequence[Cell | None]]
    charts: Sequence[Chart]
    survey: Survey
    explained: Mapping[str, Any] | None  # examples with what each run looks at
    worth: Sequence[Sequence[Worth]]  # of word vectors
    data: DataReport | None

    @property
    def examples(self) -> Sequence[Any]:
        """Those of the error browser."""
        return self.survey.browser["examples"] if self.survey.browser else ()

    def thinned(self) -> "Contents":
        """The group with half of its examples; of a single one without it."""
        if not self.survey.browser:
            return self
        kept = self.examples[::2] if len(self.examples) > 1 else []
        return replace(self, survey=replace(self.survey, browser={**self.survey.browser, "examples": kept}))


def contents(leaderboard: Leaderboard, places: Places, texts: bool) -> list[Contents]:
    """What is shown of each group.

    Args:
        leaderboard: as `compare` made it.
        places: where the stages wrote.
        texts: whether sentences are shown.

    Raises:
        InputError: the leaderboard is of an earlier version; or predictions are not those of the data.
    """
    most_bytes = EXAMPLE_BYTES // max(1, len(leaderboard.groups))
    return [
        _of_group(number, group, places, texts, most_bytes) for number, group in enumerate(leaderboard.groups, start=1)
    ]


def _of_group(number: int, group: Group, places: Places, texts: bool, most_bytes: int) -> Contents:
    folder = places.data / group.dataset
    if not group.metrics:
        raise InputError(
            f"{group.task} on {group.dataset}: the leaderboard is of an earlier version; run `elman compare`"
        )
    read_dataset(folder)
    family = load_family(group.metrics).of_dataset(folder)
    found = survey(group, family, places.predictions, folder, texts, most_bytes)
    provenance = {row.system: _provenance(row, places.trained) for row in group.rows}
    histories = {row.name: read_history(places.trained / row.name / "history.csv") for row in _runs(group)}
    sizes = {system: each.onnx_bytes for system, each in provenance.items() if each.onnx_bytes}
    charts = (learning_curves(group, histories), costs(group, found.split, sizes))
    return Contents(
        number=number,
        group=group,
        provenance=provenance,
        matrix=_matrix(group),
        charts=[chart for chart in charts if chart],
        survey=found,
        explained=explained_examples(group.rows, places.predictions, folder) if texts else None,
        worth=worth_of_vectors(group, places.trained, places.vectors),
        data=read_data_report(folder),
    )


def _runs(group: Group) -> list[Row]:
    return [row for row in group.rows if row.kind == "run"]


def _provenance(row: Row, trained: Path) -> Provenance:
    if row.kind == "baseline":
        return Provenance(f"dvc repro evaluate-baseline@{row.entry}", "", 0)
    folder = trained / row.name
    configuration = read_json(folder / "config.json", dict[str, Any])
    graphs = (path for path in folder.glob("*") if path.suffix in GRAPHS)
    return Provenance(
        command=f"dvc repro evaluate{'-ensemble' * bool(row.ensemble)}@{row.name}",
        configuration=json.dumps(configuration, ensure_ascii=False, indent=2),
        onnx_bytes=sum(path.stat().st_size for path in graphs),
    )


def _matrix(group: Group) -> list[list[Cell | None]]:
    """A row and a column for each system of the tests; None where both are the same."""
    if not group.pairs:
        return []
    tests, names = group.pairs, [each.name for each in group.pairs.standings]
    pairs = len(tests.gaps)
    return [
        [_cell(tests.gap(row, column), group, pairs) if row != column else None for column in names] for row in names
    ]


def _cell(gap: Gap, group: Group, pairs: int) -> Cell:
    metric, found = group.headline, gap.difference
    value, low, high = (metric.write(each, signed=True) for each in (found.value, found.low, found.high))
    found = verdict(found.value, gap.p, metric)
    said = found if found == SAME else f"significantly {found}"
    told = (
        f"{gap.system} compared with {gap.base}: {value} [{low}, {high}] {metric.caption},"
        f" p {_p(gap.p)}, adjusted for {pairs} pairs: {said}. Alone: elman compare {gap.base} {gap.system}"
    )
    return Cell(value, "same" if found == SAME else found, told)


def _p(p: float) -> str:
    text = p_text(p)
    return text if text.startswith("<") else f"= {text}"


def score_text(metric: Metric, value: Value) -> tuple[str, str]:
    """A score, and its interval."""
    return metric.write(value.value), f"{metric.write(value.low)} to {metric.write(value.high)}"
