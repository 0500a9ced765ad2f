"""The headline results on real data: of each dataset the runs and their baselines, the best on dev first."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.evaluation.predictions import SPLITS

PROBE = "probe"  # in place of a task among the results
BASELINE = "baseline "  # before the name of one
BELOW = " †"  # behind the name of a run that does not beat the baseline that is best on dev
COMPARED_ALONE = re.compile(r"^\w+?_(parts|cells|vectors)-(?!.*-ensemble$)")  # runs that COMPARISONS.md alone shows


@dataclass(frozen=True)
class Headline:
    """The headline metric of a system: on dev, and on test with its interval."""

    dataset: str
    name: str
    is_run: bool
    is_best: bool  # of its dataset, on dev
    is_below: bool  # a run that does not beat the baseline that is best on dev
    metric: str
    dev: float
    value: float
    low: float
    high: float
    seeds: int


def headlines(results: Sequence[Mapping[str, Any]]) -> Iterator[list[Headline]]:
    """The systems of each dataset that has figures on test, the best on dev first.

    Args:
        results: those of `benchmarks.results`: of each task, dataset and split the headline first, its best first.
    """
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

        def is_below(result: Mapping[str, Any], on_test=on_test, baseline=baseline) -> bool:
            if not baseline or result["run"].startswith(BASELINE):
                return False
            return on_test[result["run"]] > on_test[baseline["run"]] or result["value"] == baseline["value"]

        if ranked:
            yield [
                Headline(
                    dataset=result["dataset"],
                    name=result["run"].removeprefix(BASELINE),
                    is_run=not result["run"].startswith(BASELINE),
                    is_best=result is ranked[0],
                    is_below=is_below(result),
                    metric=result["metric"],
                    dev=splits["dev"][on_dev[result["run"]]]["value"],
                    value=result["value"],
                    low=result["low"],
                    high=result["high"],
                    seeds=len(result["seeds"]),
                )
                for result in ranked
            ]


def summary_table(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of a table of all headlines: the best on dev in bold, runs below a baseline with a dagger."""
    yield "| data | system | metric | dev | test | 95 % interval of test | seeds |"
    yield "| --- | --- | --- | ---: | ---: | --- | ---: |"
    for systems in headlines(results):
        for each in systems:
            name = each.name if each.is_run else f"*{each.name}*"
            name = f"**{name}**" if each.is_best else name
            name += BELOW if each.is_below else ""
            interval = f"{each.low} to {each.high}"
            values = f"{each.dev} | {each.value} | {interval} | {each.seeds}"
            yield f"| {each.dataset} | {name} | {each.metric} | {values} |"
