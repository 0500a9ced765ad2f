"""Compares the systems of a task and dataset: each run with the best baseline, and every two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.data.examples import read_examples
from pipelines.evaluation.all_pairs import Resampled, compare_pairs, letters, pooled, resampled
from pipelines.evaluation.config import MetricsConfig
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.paired import ALPHA, deviation
from pipelines.evaluation.predictions import SPLITS, Split, join
from pipelines.evaluation.significance import interval
from pipelines.reporting.leaderboard import AllPairs, Gap, Group, Row, Standing, Value, decide, rank

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
    """A run or a baseline, and the folder of its predictions."""

    row: Row
    predictions: Path
    settings: str = ""  # of a run, without its seed: runs with equal ones differ in their seed alone


def rank_systems(group: ComparisonGroup, systems: Sequence[System], data: Path, seed: int) -> Group:
    """Ranks the systems of a group, each run with its difference to the baseline that is best on dev.

    Args:
        group: of the systems.
        systems: runs and baselines.
        data: folder of the prepared dataset.
        seed: of the resamples, which all systems share.
    """
    rows = [system.row for system in systems]
    found = {split: resample(systems, group, data / f"{split}.jsonl", seed) for split in SPLITS}
    baselines = rank([row for row in rows if row.kind == "baseline"], group.headline)
    if baselines:
        best = next(system for system in systems if system.row is baselines[0])
        runs = [system for system in systems if system.row.kind == "run"]
        rows = baselines + [with_difference(run, best, found, group.headline) for run in runs]
    headline, *others = group.scoring.shown
    pairs = all_pairs(group, systems, found, data, seed)
    shown = tuple(others[:SIDE_METRICS])
    ranked = tuple(rank(rows, headline))
    return Group(group.scoring.task, group.dataset, headline, shown, ranked, pairs, group.scoring.metrics)


def resample(systems: Sequence[System], group: ComparisonGroup, examples: Path, seed: int) -> dict[str, Resampled]:
    """The headline of each system on the same resamples, by name; those without scores on the split are left out.

    One system's predictions are in memory at a time.
    """
    scored = [system for system in systems if examples.stem in system.row.scores]
    if not scored:
        return {}
    family = group.scoring.family.of_dataset(examples.parent)
    references = list(read_examples(examples))
    statistics = {
        system.row.system: family.statistic(
            references, join(references, system.predictions / examples.name, family.check), group.headline
        )
        for system in scored
    }
    return resampled(statistics, group.headline, seed)


def with_difference(
    run: System, baseline: System, found: Mapping[str, Mapping[str, Resampled]], headline: Metric
) -> Row:
    """The row of a run with its difference to a baseline, by split, and the verdict.

    Reference: Koehn 2004, "Statistical Significance Tests for Machine Translation Evaluation" (paired bootstrap).
    """
    own = {}
    for split, of_split in found.items():
        if run.row.system in of_split and baseline.row.system in of_split:
            gaps = of_split[run.row.system].values - of_split[baseline.row.system].values
            value, below = (each.row.scores[split][headline.name].value for each in (run, baseline))
            own[split] = rounded(value - below, *interval(gaps))
    row = replace(run.row, baseline=baseline.row.name, difference=own)
    return replace(row, verdict=decide(own[row.decisive], headline) if row.decisive else "")


def all_pairs(
    group: ComparisonGroup,
    systems: Sequence[System],
    found: Mapping[str, Mapping[str, Resampled]],
    data: Path,
    seed: int,
) -> AllPairs | None:
    """Tests every two systems on test, or on dev where not all have predicted it; seeds of one system count together.

    Returns:
        None where one system stands alone, or no split has all.
    """
    split: Split | None = next((split for split in reversed(SPLITS) if len(found[split]) == len(systems)), None)
    families = by_family(systems)
    if split is None or len(families) < 2:
        return None
    headline, of_split = group.headline, dict(found[split])
    of_split |= {
        name: pooled([of_split[member.row.system] for member in members], seed) for name, members in families.items()
    }
    names = sorted(families, key=lambda name: (headline.rank(of_split[name].value), name))
    tested = compare_pairs([of_split[name] for name in names])
    alike = {(pair.first, pair.second) for pair in tested if pair.p >= ALPHA or not pair.value}
    of_number = letters(range(len(names)), alike)
    standings = tuple(
        Standing(
            name=name,
            rows=tuple(member.row.system for member in families[name]),
            score=rounded(of_split[name].value, *interval(of_split[name].values)),
            deviation=deviation(of_split[name].of_seeds),
            letters=of_number[number],
        )
        for number, name in enumerate(names)
    )
    gaps = tuple(
        Gap(names[pair.second], names[pair.first], rounded(pair.value, pair.low, pair.high), round(pair.p, 6))
        for pair in tested
    )
    return AllPairs(split, group.scoring.family.UNIT, of_split[names[0]].units, standings, gaps)


def by_family(systems: Sequence[System]) -> dict[str, list[System]]:
    """Systems by the name that runs `NAME-SEED` of equal settings share; every other one stands alone."""
    shared: dict[tuple[str, str], list[System]] = {}
    for system in systems:
        name = system.row.system.removesuffix(f"-{system.row.seed}") if system.row.kind == "run" else system.row.system
        shared.setdefault((name, system.settings), []).append(system)
    names = [name for name, _ in shared]
    found: dict[str, list[System]] = {}
    for (name, _), members in shared.items():
        if len(members) > 1 and names.count(name) == 1:
            found[name] = members
        else:
            found |= {member.row.system: [member] for member in members}
    return found


def rounded(value: float, low: float, high: float) -> Value:
    """A value with its interval as the leaderboard has them."""
    return Value(round(value, 4), round(low, 4), round(high, 4))
