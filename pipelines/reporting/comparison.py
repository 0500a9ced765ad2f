"""Compares the systems of a task and dataset with their best baseline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipelines.data.examples import read_examples
from pipelines.evaluation.config import MetricsConfig
from pipelines.evaluation.family import Statistic
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.predictions import SPLITS, join
from pipelines.evaluation.significance import bootstrap, interval
from pipelines.reporting.leaderboard import Group, Row, Value, decide, rank

SIDE_METRICS = 2


@dataclass(frozen=True)
class ComparisonGroup:
    """What makes two systems comparable: the task, how it is scored, and the dataset."""

    scoring: MetricsConfig
    dataset: str

    @property
    def headline(self) -> Metric:
        """The metric that ranks."""
        return self.scoring.shown[0]


@dataclass(frozen=True)
class System:
    """A run or a baseline, and the folders of its predictions: one, or one a seed."""

    row: Row
    predictions: tuple[Path, ...]


def rank_systems(group: ComparisonGroup, systems: Sequence[System], data: Path, seed: int) -> Group:
    """Ranks the systems of a group, each run with its difference to the baseline that is best on dev.

    Args:
        group: of the systems.
        systems: runs and baselines.
        data: folder of the prepared dataset.
        seed: of the resamples, which all systems share.
    """
    rows = [system.row for system in systems]
    baselines = rank([row for row in rows if row.kind == "baseline"], group.headline)
    if baselines:
        best = next(system for system in systems if system.row is baselines[0])
        runs = [system for system in systems if system.row.kind == "run"]
        rows = baselines + compare_to_baseline(best, runs, group, data, seed)
    headline, *others = group.scoring.shown
    return Group(group.scoring.task, group.dataset, headline, tuple(others[:SIDE_METRICS]), tuple(rank(rows, headline)))


def compare_to_baseline(
    baseline: System, runs: Sequence[System], group: ComparisonGroup, data: Path, seed: int
) -> list[Row]:
    """The rows of the runs, each with its difference to a baseline and the verdict."""
    by_split = {split: differences(baseline, runs, group, data / f"{split}.jsonl", seed) for split in SPLITS}
    rows = []
    for run in runs:
        name = run.row.name
        own = {split: of_split[name] for split, of_split in by_split.items() if name in of_split}
        row = replace(run.row, baseline=baseline.row.name, difference=own)
        rows.append(replace(row, verdict=decide(own[row.decisive], group.headline) if row.decisive else ""))
    return rows


def differences(
    base: System, others: Sequence[System], group: ComparisonGroup, examples: Path, seed: int
) -> dict[str, Value]:
    """The headline of each system minus that of the first one, with intervals from resamples that all share.

    Of a system with several seeds the mean counts.

    Args:
        base: what the others are compared with.
        others: those without scores on the split are left out.
        group: of the systems.
        examples: JSON Lines of the split, whose name is the file's.
        seed: of the resamples.

    Reference: Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation" (paired bootstrap).
    """
    split, headline = examples.stem, group.headline
    others = [system for system in others if split in system.row.scores]
    if not others or split not in base.row.scores:
        return {}
    family = group.scoring.family.of_dataset(examples.parent)
    references = list(read_examples(examples))

    def statistics(system: System) -> list[Statistic]:
        predictions = [join(references, folder / examples.name, family.check) for folder in system.predictions]
        return [family.statistic(references, rows, headline) for rows in predictions]

    of_base, *of_others = (statistics(system) for system in (base, *others))

    def gaps(weights: np.ndarray) -> dict[int, np.ndarray]:
        def mean(of_seeds: Sequence[Statistic]) -> np.ndarray:
            return np.mean([each.values(weights)[headline.name, ""] for each in of_seeds], axis=0)

        below = mean(of_base)
        return {number: mean(of_system) - below for number, of_system in enumerate(of_others)}

    resampled = bootstrap(gaps, of_base[0].units, seed=seed)
    found = {}
    for number, system in enumerate(others):
        value, below = (each.row.scores[split][headline.name].value for each in (system, base))
        low, high = interval(resampled[number])
        found[system.row.name] = Value(round(value - below, 4), round(low, 4), round(high, 4))
    return found
