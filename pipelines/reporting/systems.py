"""The systems of a runs file as rows of the leaderboard: their settings and scores."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

import numpy as np

from embeddings.foundation.config import build_config, build_part, load_part, nearest
from embeddings.foundation.errors import InputError
from embeddings.foundation.names import check_names, named_entries
from embeddings.foundation.reading import read_json
from pipelines.data.examples import read_rows
from pipelines.data.held_out import held_out_of
from pipelines.evaluation.config import MetricsConfig
from pipelines.evaluation.records import main_scores, read_scores
from pipelines.evaluation.scores import Score
from pipelines.reporting.comparison import ComparisonGroup, System
from pipelines.reporting.leaderboard import Row, Sample, Value, cell_text

SHOWN_SAMPLES = 6  # of the texts that a training wrote


@dataclass(frozen=True)
class Folders:
    """Where the stages wrote, and the configurations."""

    configs: Path
    predictions: Path
    evaluations: Path
    trained: Path
    costs: Path


@dataclass(frozen=True)
class Entry:
    """What of an entry of a runs file reports read; training reads more."""

    task: str  # file of configs/tasks
    dataset: str
    seed: int
    runs: tuple[str, ...] = ()  # of an ensemble, its members

    def __post_init__(self) -> None:
        check_names(self, "task", "dataset")

    @property
    def evaluation(self) -> str:
        """The stage that evaluates the entry of a run or an ensemble, without its name."""
        return "evaluate-ensemble" if self.runs else "evaluate"


@dataclass(frozen=True)
class Members:
    """What of an entry of `ensembles:` reports read."""

    runs: tuple[str, ...]
    seed: int


@dataclass(frozen=True)
class Teacher:
    """What of an entry of `self_training:` reports read."""

    run: str


@dataclass(frozen=True)
class TrainedRun:
    """What of `run` in a run folder's config.json reports read."""

    dataset: str
    source_vectors: str
    target_vectors: str
    seed: int


@dataclass(frozen=True)
class TrainedCell:
    """What of `cell` in a run folder's config.json reports read."""

    cell: str
    units: int
    depth: int
    bidirectional: bool


class Model(TypedDict):
    """What of `model` in `task` there reports read."""

    word_vectors: NotRequired[str]


class Task(TypedDict):
    """What of `task` there reports read besides metrics."""

    model: NotRequired[Model]


class TrainedOn(TypedDict):
    """What of `dataset` there reports read."""

    target_language: NotRequired[str]
    features: NotRequired[list[int]]
    held_out_of: NotRequired[str]  # of self-training
    sha256: NotRequired[dict[str, str]]


class Member(TypedDict):
    """What of a member of an ensemble there reports read."""

    cell: dict[str, Any]


class Description(TypedDict):
    """What of a run folder's config.json reports read."""

    run: dict[str, Any]
    task: Task
    cell: NotRequired[dict[str, Any]]
    dataset: TrainedOn
    members: NotRequired[list[Member]]  # of an ensemble
    ngrams: NotRequired[dict[str, float]]  # of an ensemble with a classifier of n-grams


Number = float | str | None
Cost = Number | dict[str, Number]  # of a run; or of a baseline, a mapping of costs


def read_entries(path: str | Path, kind: Literal["runs", "baselines"]) -> dict[str, Entry]:
    """Reads what a runs file lists under a key, by name; ensembles are among the runs, behind all others.

    The dataset of an entry is the one that it is scored on: of self-training the one whose dev and test it has.
    """
    found = named_entries(path, kind, {"runs": "run"}.get(kind, kind))
    entries = {name: build_part(Entry, values, place) for name, values, place in found}
    for name, values, place in named_entries(path, "ensembles", "ensemble") if kind == "runs" else ():
        members = build_part(Members, values, place)
        if lacking := [run for run in members.runs or ("none",) if run not in entries]:
            raise InputError(f"{place}: expected names of runs, got {lacking[0]}")
        entries[name] = replace(entries[members.runs[0]], seed=members.seed, runs=members.runs)
    listed = named_entries(path, "self_training", "dataset")
    teachers = {name: build_part(Teacher, values, place).run for name, values, place in listed}
    if not teachers:
        return entries
    trained = entries if kind == "runs" else read_entries(path, "runs")
    if lacking := [run for run in teachers.values() if run not in trained]:
        raise InputError(f"{path}: self_training: no run {lacking[0]!r}{nearest(lacking[0], list(trained))}")
    of_teacher = {name: trained[run].dataset for name, run in teachers.items()}
    return {name: replace(entry, dataset=held_out_of(entry.dataset, of_teacher)) for name, entry in entries.items()}


def read_runs(names: Sequence[str], folders: Folders) -> Iterator[tuple[str, ComparisonGroup, System]]:
    """Each run that was evaluated, as its run folder describes it."""
    for name in names:
        for scores in evaluated(folders.evaluations / name).values():
            path = folders.trained / name / "config.json"
            config = read_json(path, Description)
            run, cell = (
                build_part(TrainedRun, config["run"], path),
                build_part(TrainedCell, config.get("cell", {}), path),
            )
            scored_on = config["dataset"].get("held_out_of") or run.dataset
            group = ComparisonGroup(build_part(MetricsConfig, config["task"], path), scored_on)
            row = Row(
                name=name,
                kind="run",
                **numbers(group, scores, folders.evaluations / name),
                cost=read_costs(folders.costs / f"{name}.json"),
                cell=cell.cell,
                direction="both" if cell.bidirectional else "forward",
                depth=cell.depth,
                units=cell.units,
                ensemble=described([build_part(TrainedCell, each["cell"], path) for each in config.get("members", ())])
                + (" + n-grams" if config.get("ngrams") else ""),
                source_vectors="" if config["dataset"].get("features") else run.source_vectors,
                target_vectors=run.target_vectors if config["dataset"].get("target_language") else "",
                trained_on="" if run.dataset == scored_on else run.dataset,
                word_vectors=config["task"].get("model", {}).get("word_vectors", ""),
                seed=run.seed,
                samples=read_samples(folders.trained / name / "samples.jsonl"),
            )
            yield name, group, System(row, folders.predictions / name, settings_of(config))


def described(cells: Sequence[TrainedCell]) -> str:
    """The cells of an ensemble's members in words, equal ones once; nothing where there are none."""
    counts = Counter(cell_text(each.cell, each.depth, each.units, each.bidirectional) for each in cells)
    return " + ".join(f"{count} of {text}" for text, count in counts.items())


def settings_of(config: Description, *without: str) -> str:
    """What a run was trained with, without its seed and other keys of the run, as text."""
    run = {key: value for key, value in config["run"].items() if key not in ("seed", *without)}
    return json.dumps({"run": run, **{key: config.get(key) for key in ("task", "cell", "dataset")}}, sort_keys=True)


def read_baselines(entries: Mapping[str, Entry], folders: Folders) -> Iterator[tuple[str, ComparisonGroup, System]]:
    """Each baseline that was evaluated, with the name of its entry."""
    for name, entry in entries.items():
        scoring = load_part(MetricsConfig, folders.configs / "tasks" / f"{entry.task}.yaml")
        group = ComparisonGroup(scoring, entry.dataset)
        costs = read_costs(folders.costs / "baselines" / f"{name}.json")
        for system, scores in evaluated(folders.evaluations / "baselines" / name).items():
            found, cost = numbers(group, scores, folders.evaluations / "baselines" / name), costs.get(system, {})
            cost = cost if isinstance(cost, dict) else {}
            row = Row(system, "baseline", **found, cost=cost, seed=entry.seed, entry=name)
            yield name, group, System(row, folders.predictions / "baselines" / name / system)


def evaluated(folder: Path) -> Mapping[str, Mapping[str, Sequence[Score]]]:
    """The scores in a folder that evaluate wrote, by system and split; none where it has not run."""
    path = folder / "scores.json"
    return read_scores(path) if path.exists() else {}


def numbers(group: ComparisonGroup, scores: Mapping[str, Sequence[Score]], folder: Path) -> dict[str, Any]:
    """What a row takes from the scores of a system, which are by split.

    Raises:
        InputError: the headline metric is not among them; the folder is that of the evaluation.
    """
    found = {split: main_scores(of_split, group.scoring.shown) for split, of_split in scores.items()}
    headline = group.headline
    for split, values in found.items():
        if headline not in values:
            needs = f"a score of {headline.name} on {split}, by which task {group.scoring.task!r} ranks"
            raise InputError(f"{folder}/scores.json: expected {needs}, got none; run the stage that evaluates again")
    return {
        "scores": {
            split: {metric.name: Value(score.value, score.low, score.high) for metric, score in values.items()}
            for split, values in found.items()
        },
        "signatures": {split: values[headline].signature for split, values in found.items()},
    }


def read_costs(path: Path) -> dict[str, Any]:
    """Reads a cost file; nothing where there is none."""
    return read_json(path, dict[str, Cost]) if path.exists() else {}


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Of the texts that training wrote into a file, some from the first to the last; none where there is no file.

    Their steps are spaced geometrically: a model learns to write in its first steps.
    """
    rows = list(read_rows(path)) if path.exists() else []
    places = np.unique(np.geomspace(1, len(rows), SHOWN_SAMPLES).round().astype(int)) if rows else []
    return tuple(build_config(Sample, rows[place - 1], path) for place in places)
