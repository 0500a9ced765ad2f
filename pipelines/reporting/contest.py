"""Runs against baselines: who solves the same task on the same dataset, and who is better by how much."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipelines.data.examples import read_examples
from pipelines.evaluation.family import Statistic, load_family
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.predictions import SPLITS, join
from pipelines.evaluation.significance import bootstrap, interval
from pipelines.reporting.leaderboard import Group, Row, Value, decide, rank

SIDE_METRICS = 2


@dataclass(frozen=True)
class Contest:
    """What makes two systems comparable."""

    task: str  # module of pipelines/tasks
    dataset: str
    metrics: str  # module of pipelines/evaluation
    headline: Metric


@dataclass(frozen=True)
class Entry:
    """A system, and the folders of its predictions: one, or one a seed."""

    row: Row
    predictions: tuple[Path, ...]


def compete(contest: Contest, entries: Sequence[Entry], data: Path, seed: int) -> Group:
    """Ranks the systems of a contest, each run beside its difference to the baseline that is best on dev.

    Args:
        contest: what they compete in.
        entries: the systems.
        data: folder of the prepared dataset.
        seed: of the resamples, which all systems share.
    """
    rows = [entry.row for entry in entries]
    baselines = rank([row for row in rows if row.kind == "baseline"], contest.headline)
    if baselines:
        best = next(entry for entry in entries if entry.row is baselines[0])
        rows = baselines + against(best, [entry for entry in entries if entry.row.kind == "run"], contest, data, seed)
    side = load_family(contest.metrics).shown(contest.headline.name)[1:][:SIDE_METRICS]
    return Group(contest.task, contest.dataset, contest.headline, side, tuple(rank(rows, contest.headline)))


def against(baseline: Entry, runs: Sequence[Entry], contest: Contest, data: Path, seed: int) -> list[Row]:
    """The rows of the runs, each with its difference to a baseline and the verdict."""
    by_split = {split: differences(baseline, runs, contest, data / f"{split}.jsonl", seed) for split in SPLITS}
    rows = []
    for run in runs:
        name = run.row.name
        own = {split: of_split[name] for split, of_split in by_split.items() if name in of_split}
        verdict = decide(own["dev"], contest.headline) if "dev" in own else ""
        rows.append(replace(run.row, baseline=baseline.row.name, difference=own, verdict=verdict))
    return rows


def differences(
    baseline: Entry, runs: Sequence[Entry], contest: Contest, examples: Path, seed: int
) -> dict[str, Value]:
    """The headline of each run minus that of the baseline, with intervals from resamples that both share.

    Of a system with several seeds the mean counts.

    Args:
        baseline: what the runs are compared with.
        runs: those without scores on the split are left out.
        contest: whose headline counts.
        examples: JSON Lines of the split, whose name is the file's.
        seed: of the resamples.

    Reference: Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation" (paired bootstrap).
    """
    split, headline = examples.stem, contest.headline.name
    contenders = [run for run in runs if split in run.row.scores]
    if not contenders or split not in baseline.row.scores:
        return {}
    family = load_family(contest.metrics)
    references = list(read_examples(examples))

    def statistics(entry: Entry) -> list[Statistic]:
        predictions = [join(references, folder / examples.name, family.check) for folder in entry.predictions]
        return [family.statistic(references, rows, contest.headline) for rows in predictions]

    base, *systems = (statistics(entry) for entry in (baseline, *contenders))

    def gaps(weights: np.ndarray) -> dict[int, np.ndarray]:
        def mean(same: Sequence[Statistic]) -> np.ndarray:
            return np.mean([each.values(weights)[headline, ""] for each in same], axis=0)

        below = mean(base)
        return {number: mean(system) - below for number, system in enumerate(systems)}

    resampled = bootstrap(gaps, base[0].units, seed=seed)
    found = {}
    for number, run in enumerate(contenders):
        low, high = interval(resampled[number])
        value = run.row.scores[split][headline].value - baseline.row.scores[split][headline].value
        found[run.row.name] = Value(round(value, 4), round(low, 4), round(high, 4))
    return found
