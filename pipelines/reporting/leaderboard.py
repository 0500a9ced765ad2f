"""The leaderboard as data: groups of runs and baselines that solve the same task on the same dataset."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from embeddings.foundation.files import write_json
from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.reading import read_json
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.predictions import SPLITS, Split


@dataclass(frozen=True)
class Value:
    """The value of a metric, or a difference of two, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Sample:
    """A text sampled from a language model in training: after how many steps, and the loss of the epoch by then."""

    step: int
    loss: float
    text: str


@dataclass(frozen=True)
class Row:
    """A run or a baseline. Metrics, signatures and differences are by split, dev and where reported test."""

    name: str
    kind: Literal["run", "baseline"]
    scores: dict[str, dict[str, Value]]
    signatures: dict[str, str]  # of the headline
    cost: dict[str, float | str | None]  # as the cost file has it; empty where there is none
    cell: str = ""
    direction: Literal["", "forward", "both"] = ""
    depth: int = 0
    units: int = 0
    source_vectors: str = ""
    target_vectors: str = ""  # empty where the task writes no words
    word_vectors: str = ""  # frozen or fine_tuned
    seed: int = 0
    baseline: str = ""  # the baseline with the best headline on dev
    difference: dict[str, Value] = field(default_factory=dict)  # headline of the run minus that of the baseline
    verdict: Literal["", "wins", "unclear", "loses"] = ""  # by the difference on the decisive split
    samples: tuple[Sample, ...] = ()  # some from the first to the last
    entry: str = ""  # of a baseline: under which name the runs file lists it with others
    ensemble: str = ""  # of an ensemble, the cells of its members
    trained_on: str = ""  # the dataset of self-training that gave its train, if one did

    @property
    def architecture(self) -> str:
        """The cell in words, or those of an ensemble's members, and what other data than its group's it has learned."""
        cell = cell_text(self.cell, self.depth, self.units, self.direction == "both") if self.cell else ""
        return (self.ensemble or cell) + (f", trained on {self.trained_on}" if self.trained_on else "")

    @property
    def system(self) -> str:
        """The name as `elman compare` takes it."""
        return f"{self.entry}/{self.name}" if self.entry else self.name

    @property
    def folder(self) -> str:
        """Of its predictions, below the folder of all predictions."""
        return f"baselines/{self.system}" if self.entry else self.name

    @property
    def decisive(self) -> str:
        """The split that decides the verdict: test where run and baseline are scored on it, since dev has selected."""
        return next((split for split in ("test", "dev") if split in self.difference), "")


def cell_text(cell: str, depth: int, units: int, bidirectional: bool) -> str:
    """A recurrent encoder in words."""
    return f"{'bi-' if bidirectional else ''}{cell} {depth}×{units}"


@dataclass(frozen=True)
class Standing:
    """A system of the paired tests: a run, a baseline, or runs that differ in their seed alone."""

    name: str  # as `elman compare` takes it
    rows: tuple[str, ...]  # systems of its rows, one a seed
    score: Value  # of the headline; of several seeds the mean, with the interval of examples and seeds
    deviation: float | None  # over seeds
    letters: str  # systems that share one show no significant difference


@dataclass(frozen=True)
class Gap:
    """The headline of a system minus that of another, with a p-value that is adjusted for all pairs of the group."""

    system: str
    base: str
    difference: Value
    p: float


@dataclass(frozen=True)
class AllPairs:
    """Paired tests of every two systems of a group, on one split; standings have the best first."""

    split: Split
    unit: str  # what is drawn, such as a sentence
    units: int
    standings: tuple[Standing, ...]
    gaps: tuple[Gap, ...]  # each pair once; the base is the better one

    def __post_init__(self) -> None:
        expected = sorted(sorted(pair) for pair in combinations((each.name for each in self.standings), 2))
        if expected != sorted(sorted((gap.system, gap.base)) for gap in self.gaps):
            raise ValueError("expected each pair of `standings` once among `gaps`")

    def gap(self, system: str, base: str) -> Gap:
        """The difference of two systems, whichever of them is the better one."""
        for gap in self.gaps:
            if (gap.system, gap.base) == (system, base):
                return gap
            if (gap.base, gap.system) == (system, base):
                value = gap.difference
                return Gap(system, base, Value(-value.value, -value.high, -value.low), gap.p)
        raise KeyError((system, base))

    def letters(self, row: Row) -> str:
        """The letters of a row's system."""
        return next((each.letters for each in self.standings if row.system in each.rows), "")


@dataclass(frozen=True)
class Group:
    """A task on a dataset; rows are sorted by the headline on dev, the best first."""

    task: str
    dataset: str
    headline: Metric
    side: tuple[Metric, ...]  # metrics shown beside it
    rows: tuple[Row, ...]
    pairs: AllPairs | None = None  # none without a split that all systems have predicted, and where headlines are kept
    metrics: str = ""  # the metric family's module; empty in files of earlier versions

    def __post_init__(self) -> None:
        for row in self.rows:
            if not all(self.headline.name in of_split for of_split in row.scores.values()):
                raise ValueError(f"expected a score of {self.headline.name} on each split of {row.name!r}")

    @property
    def splits(self) -> list[str]:
        """The splits that some row is scored on."""
        return [split for split in SPLITS if any(split in row.scores for row in self.rows)]

    def of_dev(self, row: Row) -> str:
        """What stands behind the verdict of a row that is dev's, where the group has scores on test."""
        return " on dev" if row.decisive == "dev" and "test" in self.splits else ""


@dataclass(frozen=True)
class Leaderboard:
    """Every group, and the names in the runs file that have not been evaluated."""

    groups: tuple[Group, ...]
    missing: tuple[str, ...]


def decide(difference: Value, headline: Metric) -> Literal["wins", "unclear", "loses"]:
    """What a difference to a baseline says: a run that is not better loses, one whose interval holds 0 is unclear."""
    if headline.better == "lower":
        difference = Value(-difference.value, -difference.high, -difference.low)
    if difference.value <= 0:
        return "loses"
    return "wins" if difference.low > 0 else "unclear"


def rank(rows: Iterable[Row], headline: Metric) -> list[Row]:
    """Sorts rows by the headline on dev, or on test for those without dev, the best first; ties by name."""

    def key(row: Row) -> tuple[float, str]:
        scores = row.scores.get("dev") or row.scores["test"]
        return headline.rank(scores[headline.name].value), row.name

    return sorted(rows, key=key)


def headlines(leaderboard: Leaderboard) -> Leaderboard:
    """Of each system the headline and its verdict alone: equal bytes each time, to be kept in git."""

    def headline(row: Row, name: str) -> Row:
        scores = {split: {name: of_split[name]} for split, of_split in row.scores.items()}
        return replace(row, scores=scores, signatures={}, cost={}, samples=())

    groups = (
        replace(group, rows=tuple(headline(row, group.headline.name) for row in group.rows), pairs=None)
        for group in leaderboard.groups
    )
    return replace(leaderboard, groups=tuple(groups))


def write_leaderboard(path: str | Path, leaderboard: Leaderboard) -> None:
    """Writes a leaderboard as JSON."""
    write_json(path, asdict(leaderboard))


def read_leaderboard(path: str | Path) -> Leaderboard:
    """Reads what `write_leaderboard` wrote.

    Raises:
        InputError: it is of another version.
    """
    try:
        return build_config(Leaderboard, read_json(path, dict[str, Any], PARSED_BYTES), path)
    except InputError as error:
        raise InputError(f"{error}; run `elman compare` again") from None
