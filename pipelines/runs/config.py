"""Runs files: which task is trained on which dataset, with which cell and vectors; ensembles; self-training; and the
baselines."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config, load_part, nearest, read_yaml
from embeddings.foundation.errors import InputError
from embeddings.foundation.names import check_names, named_entries
from embeddings.foundation.seeds import check_seed
from pipelines.data.held_out import held_out_of
from pipelines.models.config import EncoderConfig, build_encoder
from pipelines.tasks.config import TaskConfig, build_task


@dataclass(frozen=True)
class Run:
    """One line of runs.yaml: what is trained on what."""

    task: str
    dataset: str
    cell: str
    layer: str  # the module that the cell's config names; DVC needs it to track that file alone
    source_vectors: str
    target_vectors: str
    seed: int
    report_test: bool
    set: dict[str, dict[str, Any]] = field(default_factory=dict)  # overrides: {model | training | cell: {key: value}}

    def __post_init__(self) -> None:
        check_seed(self.seed)
        check_names(self, "task", "dataset", "cell", "layer", "source_vectors", "target_vectors")

    def trained(self) -> dict[str, Any]:
        """What training reads: everything but whether test is scored, which may be decided when dev is known."""
        return {key: value for key, value in asdict(self).items() if key != "report_test"}


@dataclass(frozen=True)
class Ensemble:
    """One entry of `ensembles:` in a runs file: runs whose average predicts; nothing is trained."""

    runs: tuple[str, ...]
    seed: int  # of the bootstrap, and of the folds of n-grams
    report_test: bool
    ngrams: bool = False  # whether a linear classifier of words and word pairs is part of the average
    set: dict[str, dict[str, Any]] = field(default_factory=dict)  # how all read and decode: {model | decoding: ...}

    def __post_init__(self) -> None:
        check_seed(self.seed)
        if not self.runs or len(set(self.runs)) < len(self.runs):
            raise ValueError(f"expected runs, each once, got {', '.join(self.runs) or 'none'}")


@dataclass(frozen=True)
class SelfTraining:
    """One entry of `self_training:` in a runs file: a dataset with confident predictions of a run in its train."""

    run: str  # or an ensemble: the teacher
    unlabelled: str  # dataset with a split `unlabelled`
    minimum_confidence: float  # of a prediction that joins train
    maximum_examples: int  # that join it
    seed: int  # of their draw
    sentences: bool = False  # whether unlabelled texts are split into sentences

    def __post_init__(self) -> None:
        check_seed(self.seed)
        check_names(self, "unlabelled")
        if not 0 <= self.minimum_confidence <= 1:
            raise ValueError(f"expected a minimum_confidence from 0 to 1, got {self.minimum_confidence}")
        if self.maximum_examples < 1:
            raise ValueError(f"expected maximum_examples of at least 1, got {self.maximum_examples}")


@dataclass(frozen=True)
class Baselines:
    """One entry of `baselines:` in a runs file: a task's baselines on a dataset."""

    task: str
    dataset: str
    seed: int
    report_test: bool

    def __post_init__(self) -> None:
        check_seed(self.seed)
        check_names(self, "task", "dataset")


def load_runs(path: str | Path) -> dict[str, Run]:
    """Reads every run of a runs file, by name."""
    runs = {}
    for name, values, place in named_entries(path, "runs", "run"):
        if isinstance(values, dict) and values.get("set", ...) is None:  # there for DVC, which refuses a missing param
            del values["set"]
        runs[name] = build_config(Run, values, place)
    if not runs:
        raise InputError(f"{path}: expected a mapping `runs:` of names to runs")
    return runs


def load_ensembles(path: str | Path, runs: Mapping[str, Run]) -> dict[str, Ensemble]:
    """Reads every entry of `ensembles:` of a runs file, by name.

    Args:
        path: of the file.
        runs: those of the file.

    Raises:
        InputError: one has the name of a run, or runs that there are not, or of several tasks or datasets.
    """
    found = {}
    for name, values, place in named_entries(path, "ensembles", "ensemble"):
        ensemble = found[name] = build_config(Ensemble, values, place)
        if name in runs:
            raise InputError(f"{place}: expected a name of its own, got that of a run; rename it")
        for member in ensemble.runs:
            if member not in runs:
                raise InputError(f"{place}: no run {member!r}{nearest(member, list(runs))}")
            first, other = ((runs[each].task, runs[each].dataset) for each in (ensemble.runs[0], member))
            if first != other:
                expected, got = (" on ".join(each) for each in (first, other))
                raise InputError(
                    f"{place}: expected runs of {expected}, as {ensemble.runs[0]!r} is, got {member!r} of {got}"
                )
    return found


def load_self_training(
    path: str | Path, runs: Mapping[str, Run], ensembles: Mapping[str, Ensemble]
) -> dict[str, tuple[SelfTraining, Run, str]]:
    """Reads every entry of `self_training:` of a runs file, by the name of the dataset that it makes.

    Args:
        path: of the file.
        runs: those of the file.
        ensembles: those of the file.

    Returns:
        Of each entry itself, the teacher, of an ensemble its first run, and the dataset whose dev and test it has.

    Raises:
        InputError: there is no such teacher, or it is trained on what is made with it.
    """
    found: dict[str, tuple[SelfTraining, Run]] = {}
    teachers = {**runs, **{name: runs[ensemble.runs[0]] for name, ensemble in ensembles.items()}}
    for name, values, place in named_entries(path, "self_training", "dataset"):
        entry = build_config(SelfTraining, values, place)
        if entry.run not in teachers:
            raise InputError(f"{place}: no run {entry.run!r}{nearest(entry.run, list(teachers))}")
        found[name] = entry, teachers[entry.run]
    of_teacher = {name: teacher.dataset for name, (_, teacher) in found.items()}
    try:
        return {name: (*both, held_out_of(name, of_teacher)) for name, both in found.items()}
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def load_baselines(path: str | Path) -> dict[str, Baselines]:
    """Reads every entry of `baselines:` of a runs file, by name."""
    found = named_entries(path, "baselines", "baselines")
    return {name: build_config(Baselines, values, place) for name, values, place in found}


def load_run(path: str | Path, name: str, configs: str | Path) -> tuple[Run, TaskConfig, EncoderConfig]:
    """Reads one run with its task and cell, the run's overrides applied."""
    runs = load_runs(path)
    if name not in runs:
        raise InputError(f"{path}: no run {name!r}{nearest(name, list(runs))}")
    run = runs[name]
    return run, *load_settings(run, configs, f"{path}: run {name!r}")


def load_settings(run: Run, configs: str | Path, where: str) -> tuple[TaskConfig, EncoderConfig]:
    """Reads the task and the cell of a run, the run's overrides applied.

    Args:
        run: the run.
        configs: folder of configurations.
        where: the run is defined, for errors.

    Raises:
        InputError: a configuration is wrong, or task and cell do not fit together.
    """
    unknown = sorted(set(run.set) - {"model", "training", "cell"})
    if unknown:
        raise InputError(f"{where}: `set` takes `model`, `training` and `cell`, got {unknown[0]!r}")
    from pipelines.evaluation.config import MetricsConfig  # what predicts reads runs, too, and needs no metrics

    task_path = Path(configs) / "tasks" / f"{run.task}.yaml"
    load_part(MetricsConfig, task_path)  # refuses a metric that there is none of
    parts = read_yaml(task_path)
    for part in ("model", "training"):
        if not isinstance(parts.get(part, {}), dict):
            raise InputError(f"{task_path}: expected a mapping under {part!r}")
    overrides = {part: {**parts.get(part, {}), **run.set.get(part, {})} for part in ("model", "training")}
    cell_path = Path(configs) / "cells" / f"{run.cell}.yaml"

    def named(path: Path, *parts: str) -> str:
        return f"{where}, `set` over {path}" if run.set.keys() & parts else str(path)

    task = build_task({**parts, **overrides}, named(task_path, "model", "training"))
    cell_values = {**read_yaml(cell_path), **run.set.get("cell", {})}
    cell = build_encoder(cell_values, named(cell_path, "cell"))
    if cell.cell != run.layer:
        raise InputError(f"{where}: cell {run.cell!r} is built of {cell.cell!r}, but `layer` says {run.layer!r}")
    try:
        plugins.load("pipelines.tasks", task.task).TASK.check(task, cell)
    except InputError as error:
        raise InputError(f"{where}: task {task.task!r}: {error}") from None
    return task, cell
