"""README's tables: the leaderboard of the default experiments, and the results on real data."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.parts import Part
from benchmarks.results import PROBE
from embeddings.foundation.files import read_json
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.predictions import SPLITS
from pipelines.reporting.leaderboard import Leaderboard, Row, read_leaderboard
from pipelines.reporting.table import marked

LEADERBOARD, RESULTS = Path("metrics/leaderboard.json"), Path("benchmarks/results.json")
DEFAULT = Part("<!-- leaderboard -->", "<!-- /leaderboard -->")
REAL = Part("<!-- results -->", "<!-- /results -->")
BELOW = " †"  # behind the name of a run below the best baseline
COMPARED_ALONE = re.compile(r"_(parts|cells)-")  # runs that COMPARISONS.md shows


def with_tables(page: str, where: Path) -> str:
    """The page with tables of the figures that are kept in git."""
    page = DEFAULT.replace(page, "".join(leaderboard_tables(read_leaderboard(LEADERBOARD))), where)
    return REAL.replace(page, "".join(results_table(read_json(RESULTS))), where)


def leaderboard_tables(leaderboard: Leaderboard) -> Iterator[str]:
    """Lines of a table a group: each system's headline on dev and test, the best on dev first and in bold."""
    for group in leaderboard.groups:
        title = group.headline.title
        yield f"\n| {group.task} | {title}, dev | {title}, test |\n| --- | ---: | ---: |\n"
        for row in group.rows:
            name = marked(row, row is group.rows[0])
            yield f"| {name} | {' | '.join(cell(row, split, group.headline) for split in SPLITS)} |\n"
    yield "\n"


def cell(row: Row, split: str, headline: Metric) -> str:
    """A value with half its interval; nothing for a split that is not scored."""
    value = row.scores.get(split, {}).get(headline.name)
    if not value:
        return ""
    return f"{headline.write(value.value, fewer=1)} ± {headline.write((value.high - value.low) / 2, fewer=1)}"


def results_table(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of a table: each system's headline on test, the best of a dataset first and in bold.

    Args:
        results: those of `benchmarks.results`, of each task and dataset the headline first and the best of it first.
    """
    yield "\n| data | run | metric | test | 95 % interval | seeds |\n| --- | --- | --- | ---: | --- | ---: |\n"
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for result in results:
        if result["split"] == "test" and result["task"] != PROBE and not COMPARED_ALONE.search(result["run"]):
            groups.setdefault((result["task"], result["dataset"]), []).append(result)
    for group in groups.values():
        baseline = False
        for result in (each for each in group if each["metric"] == group[0]["metric"]):
            is_run = not result["run"].startswith("baseline ")
            name = result["run"] if is_run else f"*{result['run'].removeprefix('baseline ')}*"
            name = f"**{name}**" if result is group[0] else name
            name += BELOW if is_run and baseline else ""
            baseline |= not is_run
            yield (
                f"| {result['dataset']} | {name} | {result['metric']} | {result['value']} |"
                f" {result['low']} to {result['high']} | {len(result['seeds'])} |\n"
            )
    yield "\n"
