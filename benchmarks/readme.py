"""README's tables: the leaderboard of the default experiments, and the results on real data."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.results import PROBE
from embeddings.foundation.reading import read_json
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.predictions import SPLITS
from pipelines.project.parts import Part
from pipelines.reporting.leaderboard import Leaderboard, Row, read_leaderboard
from pipelines.reporting.table import marked

LEADERBOARD, RESULTS = Path("metrics/leaderboard.json"), Path("benchmarks/results.json")
DEFAULT = Part("<!-- leaderboard -->", "<!-- /leaderboard -->")
REAL = Part("<!-- results -->", "<!-- /results -->")
BASELINE = "baseline "  # before the name of one
BELOW = " †"  # behind the name of a run that does not beat the baseline that is best on dev
COMPARED_ALONE = re.compile(r"_(parts|cells|vectors)-")  # runs that COMPARISONS.md shows


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
    """Lines of a table: each system's headline on test; the best of a dataset on dev first and in bold.

    Args:
        results: those of `benchmarks.results`: of each task, dataset and split the headline first, its best first.
    """
    yield "\n| data | run | metric | test | 95 % interval | seeds |\n| --- | --- | --- | ---: | --- | ---: |\n"
    groups: dict[tuple[str, str], dict[str, list[Mapping[str, Any]]]] = {}
    for result in results:
        if result["task"] != PROBE and not COMPARED_ALONE.search(result["run"]):
            splits = groups.setdefault((result["task"], result["dataset"]), {"dev": [], "test": []})
            headline = splits[result["split"]]
            if not headline or headline[0]["metric"] == result["metric"]:
                headline.append(result)
    for splits in groups.values():
        on_dev, on_test = ({result["run"]: place for place, result in enumerate(splits[each])} for each in SPLITS)
        ranked = sorted(splits["test"], key=lambda result: on_dev[result["run"]])
        baseline = next((result for result in ranked if result["run"].startswith(BASELINE)), None)
        for result in ranked:
            is_run = not result["run"].startswith(BASELINE)
            name = result["run"] if is_run else f"*{result['run'].removeprefix(BASELINE)}*"
            name = f"**{name}**" if result is ranked[0] else name
            if is_run and baseline:
                behind = on_test[result["run"]] > on_test[baseline["run"]]
                name += BELOW if behind or result["value"] == baseline["value"] else ""
            yield (
                f"| {result['dataset']} | {name} | {result['metric']} | {result['value']} |"
                f" {result['low']} to {result['high']} | {len(result['seeds'])} |\n"
            )
    yield "\n"
