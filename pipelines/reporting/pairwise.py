"""Paired tests of systems that are given by name: runs, baselines, and runs that differ in their seed alone."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from embeddings.foundation.config import build_part, load_part, nearest
from embeddings.foundation.errors import InputError
from embeddings.foundation.names import check_name
from embeddings.foundation.reading import read_json
from pipelines.data.examples import read_dataset, read_examples
from pipelines.data.requirements import ENTITIES
from pipelines.evaluation.config import MetricsConfig
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.paired import Difference, difference, holm, measure, verdict
from pipelines.evaluation.predictions import SPLITS, join, splits_in
from pipelines.reporting import revisions
from pipelines.reporting.contrast import Contrast, Side, contrast, read_train
from pipelines.reporting.systems import Description, Entry, Folders, TrainedRun, read_entries


@dataclass(frozen=True)
class NamedSystem:
    """A system, its task and dataset, and the folders with its predictions, one a seed."""

    name: str
    scoring: MetricsConfig
    dataset: str
    folders: tuple[Path, ...]
    sha256: Mapping[str, str]  # of the splits that it was trained with; empty of a baseline

    def splits(self) -> set[str]:
        """The splits that every seed has predicted."""
        return set.intersection(*(set(splits_in(folder)) for folder in self.folders))


@dataclass(frozen=True)
class Settings:
    """Which tests are asked for."""

    metric: str | None  # of the family; else the first system's headline
    split: str | None  # `dev` or `test`; else test, where all have it
    all_pairs: bool  # every two systems, else each with the first
    seed: int
    resamples: int
    where: bool = False  # also where the systems differ


@dataclass(frozen=True)
class Tested:
    """A system beside a base: the difference, its p-value adjusted for all pairs, and what that says."""

    system: str
    base: str
    difference: Difference
    p_adjusted: float
    verdict: str


@dataclass(frozen=True)
class Tests:
    """Paired tests on one split of a dataset; scores are by system, one a seed."""

    metric: Metric
    dataset: str
    split: str
    unit: str  # what is drawn, such as a sentence
    scores: Mapping[str, tuple[float, ...]]
    tested: tuple[Tested, ...]
    contrasts: tuple[Contrast, ...] = ()


def compare_named(names: Sequence[str], runs_file: Path, folders: Folders, data: Path, settings: Settings) -> Tests:
    """Compares the systems of names.

    Args:
        names: `RUN`, `GROUP/BASELINE`, what runs named `NAME-SEED` share, or one of these with `@REVISION`.
        runs_file: with `baselines:`.
        folders: where the stages wrote.
        data: folder of prepared datasets.
        settings: which tests.

    Raises:
        InputError: nothing of a name has predicted, in its revision; or what `compare` refuses.
    """
    baselines = read_entries(runs_file, "baselines")
    systems = []
    with tempfile.TemporaryDirectory() as copies:
        for number, name in enumerate(names):
            system, _, revision = name.partition("@")
            there = revisions.fetch(system, revision, folders, Path(copies, str(number))) if revision else folders
            systems.append(replace(find(system, there, baselines), name=name))
        return compare(systems, data, settings)


def find(name: str, folders: Folders, baselines: Mapping[str, Entry]) -> NamedSystem:
    """The system of a name: `RUN`, `GROUP/BASELINE`, or what runs named `NAME-SEED` share.

    Raises:
        InputError: nothing of that name has predicted.
    """
    group, _, system = name.partition("/")
    try:
        check_name("system", group)
        check_name("baseline", system or group)
    except ValueError as error:
        raise InputError(str(error)) from None
    if system and group in baselines:
        scoring = load_part(MetricsConfig, folders.configs / "tasks" / f"{baselines[group].task}.yaml")
        folder = folders.predictions / "baselines" / group / system
        if splits_in(folder):
            return NamedSystem(name, scoring, baselines[group].dataset, (folder,), {})
    runs = [name] if splits_in(folders.predictions / name) else of_seeds(name, folders)
    found = [read_trained(run, folders) for run in runs]
    if not found:
        known = [path.name for path in folders.predictions.glob("*/") if splits_in(path)]
        known += [f"{path.parent.name}/{path.name}" for path in folders.predictions.glob("baselines/*/*/")]
        raise InputError(f"{folders.predictions}: no predictions of {name!r}{nearest(name, sorted(known))}")
    check_comparable(found)
    return replace(found[0], name=name, folders=tuple(each.folders[0] for each in found))


def of_seeds(name: str, folders: Folders) -> list[str]:
    """The runs that are named `NAME-SEED`, by their seed."""
    seeds = {}
    for folder in folders.predictions.glob(f"{name}-*/"):
        seed = folder.name.removeprefix(f"{name}-")
        if seed.isdecimal() and splits_in(folder):
            seeds[int(seed)] = folder.name
    return [seeds[seed] for seed in sorted(seeds)]


def read_trained(name: str, folders: Folders) -> NamedSystem:
    """A run, as its run folder describes it."""
    path = folders.trained / name / "config.json"
    config = read_json(path, Description)
    run, scoring = build_part(TrainedRun, config["run"], path), build_part(MetricsConfig, config["task"], path)
    dataset = config["dataset"]
    scored_on = dataset.get("held_out_of") or run.dataset
    return NamedSystem(name, scoring, scored_on, (folders.predictions / name,), dataset.get("sha256", {}))


def check_comparable(systems: Sequence[NamedSystem]) -> None:
    """Refuses systems that have another dataset, or other metrics, than the first."""
    first, *others = systems
    for other in others:
        for what, one, two in (
            ("dataset", first.dataset, other.dataset),
            ("metrics", first.scoring.metrics, other.scoring.metrics),
        ):
            if one != two:
                raise InputError(f"{other.name}: expected the {what} of {first.name}, {one}, got {two}")


def compare(systems: Sequence[NamedSystem], data: Path, settings: Settings) -> Tests:
    """Compares each system with the first one, or every two.

    Raises:
        InputError: the systems are not of one dataset, have no split in common, or there is no such metric.
    """
    if settings.resamples < 1:
        raise InputError(f"expected at least 1 resample, got {settings.resamples}")
    if len(systems) < 2:
        raise InputError(f"expected two systems to compare, got only {systems[0].name!r}")
    if len({system.name for system in systems}) < len(systems):
        raise InputError(f"expected different systems, got {', '.join(system.name for system in systems)}")
    check_comparable(systems)
    scoring, folder = systems[0].scoring, data / systems[0].dataset
    split = common_split(systems, settings.split)
    check_data(systems, folder, split)
    family = scoring.family.of_dataset(folder)
    metric = family.metric(settings.metric or scoring.monitor)
    path = folder / f"{split}.jsonl"
    references = list(read_examples(path))
    rows = {
        system.name: [join(references, each / path.name, family.check) for each in system.folders] for system in systems
    }
    measured = measure(family, references, rows, metric, seed=settings.seed, resamples=settings.resamples)
    names = list(rows)
    pairs = list(combinations(names, 2)) if settings.all_pairs else [(names[0], name) for name in names[1:]]
    found = [
        difference(family, references, measured[base], measured[other], metric, seed=settings.seed)
        for base, other in pairs
    ]
    adjusted = holm([each.p for each in found])
    tested = [
        Tested(other, base, each, p, verdict(each.value, p, metric))
        for (base, other), each, p in zip(pairs, found, adjusted, strict=True)
    ]
    contrasts: list[Contrast] = []
    if settings.where:
        train = read_train(folder, of_entities=scoring.metrics == ENTITIES)
        for base, other in pairs:
            sides = Side(base, rows[base]), Side(other, rows[other])
            contrasts.append(contrast(family, references, *sides, train, settings.seed))
    scores = {name: each.whole for name, each in measured.items()}
    return Tests(metric, systems[0].dataset, split, family.UNIT, scores, tuple(tested), tuple(contrasts))


def check_data(systems: Sequence[NamedSystem], data: Path, split: str) -> None:
    """Refuses systems whose split was another version of the data."""
    here = read_dataset(data).get("sha256", {})
    for system in systems:
        if split in here and system.sha256.get(split, here[split]) != here[split]:
            raise InputError(f"{system.name}: its {split} is not that of {data}; compare systems of the same data")


def common_split(systems: Sequence[NamedSystem], asked: str | None) -> str:
    """The split that all systems have predicted."""
    common = set.intersection(*(system.splits() for system in systems))
    if asked and asked not in common:
        lacking = next(system.name for system in systems if asked not in system.splits())
        raise InputError(f"{lacking}: no predictions of {asked}; a run predicts test where it says `report_test: true`")
    if not common:
        raise InputError(f"{', '.join(system.name for system in systems)}: no split that all have predicted")
    return asked or next(split for split in reversed(SPLITS) if split in common)
