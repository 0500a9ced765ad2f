"""Stage `comparisons` of the benchmarks: runs that differ in one setting, with paired intervals of the differences."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.seeds import by_group
from embeddings.foundation.config import load_part, read_yaml
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, write_json
from embeddings.foundation.reading import read_json
from pipelines.evaluation.config import MetricsConfig
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.paired import RESAMPLES
from pipelines.evaluation.records import main_scores, read_scores
from pipelines.evaluation.scores import Score
from pipelines.reporting.comparison import ComparisonGroup
from pipelines.reporting.leaderboard import Value
from pipelines.reporting.pairwise import NamedSystem, Settings, Tested, compare
from pipelines.reporting.systems import Entry, read_entries
from pipelines.reporting.text_table import p_text

PREFACE = """# Comparisons

Each system differs from the first one of its table in a single setting, or in those that its row names, with the same
seed. Differences are in the headline metric on test, with 95 % intervals from 10,000 paired bootstrap resamples of
sentences or documents, and of seeds where a system has several. `p` is from approximate randomisation, with Holm's
correction over the table; a row without one was compared by an earlier version: its interval is from 1,000 resamples,
averaged over seeds. A run's stage is `evaluate@RUN` of `benchmarks/dvc.yaml`, an ensemble's `evaluate-ensemble@NAME`.
`benchmarks/comparisons.json` holds the same, and `benchmarks/RESULTS.md` names the commit of figures that `dvc.lock`
does not know.

"""

BOUNDS = ("value", "low", "high")

Seeds = Mapping[str, Mapping[int, str]]  # names of runs by seed, by the name that they share


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes the tables of a comparisons file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comparisons", type=Path, required=True, help="title -> base, others (YAML)")
    parser.add_argument("--runs", type=Path, required=True, help="runs file (YAML)")
    parser.add_argument("--configs", type=Path, required=True, help="folder of task configurations")
    parser.add_argument("--data", type=Path, required=True, help="folder of prepared datasets")
    parser.add_argument("--predictions", type=Path, required=True, help="folder of predictions")
    parser.add_argument("--evaluations", type=Path, required=True, help="folder of evaluations")
    parser.add_argument("--json", type=Path, required=True, help="file to write")
    parser.add_argument("--page", type=Path, required=True, help="file to write: the same as Markdown tables")
    parser.add_argument("--keep", action="store_true", help="keep tables with systems that are not evaluated here")
    options = parser.parse_args(arguments)

    comparisons, runs = read_yaml(options.comparisons), read_entries(options.runs, "runs")
    groups = {title: group_of(each, runs, options) for title, each in comparisons.items()}
    seeds = by_group(runs)
    before = read_json(options.json) if options.keep and options.json.exists() else []
    results = []
    for title, each in comparisons.items():
        lacking = missing(each, seeds, options) if options.keep else []
        kept = [row for row in before if row["comparison"] == title]
        if lacking and not kept:
            print(f"no table {title!r}; not evaluated yet: {', '.join(lacking)}", file=sys.stderr)
        results += kept if lacking else compared(title, each, groups[title], runs, options)
    write_json(options.json, results)
    with atomic_file(options.page) as page:
        page.write(PREFACE + "\n".join(tables(results, {title: each.headline for title, each in groups.items()})))


def missing(comparison: Mapping[str, Any], seeds: Seeds, options: argparse.Namespace) -> list[str]:
    """The systems of a comparison that are not evaluated."""
    return [
        name
        for name in (comparison["base"], *comparison["others"].values())
        if not all(scores_of(member, options)[0].exists() for member in members(name, seeds))
    ]


def members(name: str, seeds: Seeds) -> list[str]:
    """The runs of a name that stands for all seeds; of another name itself."""
    return list(seeds[name].values()) if name in seeds else [name]


def scores_of(name: str, options: argparse.Namespace) -> tuple[Path, str]:
    """The file with the scores of a run, or of a baseline written as `baselines/GROUP/SYSTEM`; and its name there."""
    folder, system = name.rsplit("/", 1) if "/" in name else (name, name)
    return options.evaluations / folder / "scores.json", system


def group_of(comparison: Mapping[str, Any], runs: Mapping[str, Entry], options: argparse.Namespace) -> ComparisonGroup:
    """The group of the systems of a comparison."""
    run = runs[members(comparison["base"], by_group(runs))[0]]
    config = load_part(MetricsConfig, options.configs / "tasks" / f"{run.task}.yaml")
    return ComparisonGroup(config, run.dataset)


def compared(
    title: str,
    comparison: Mapping[str, Any],
    group: ComparisonGroup,
    runs: Mapping[str, Entry],
    options: argparse.Namespace,
) -> list[dict[str, Any]]:
    """The base and the others of a comparison, each with its score and its difference to the base.

    Raises:
        InputError: a system is no run of the runs file and was not evaluated as a baseline either.
    """
    base, others = comparison["base"], comparison["others"]
    seeds = by_group(runs)
    run = runs[members(base, seeds)[0]]
    systems = {name: system(members(name, seeds), group, options) for name in (base, *others.values())}
    named = [NamedSystem(name, group.scoring, run.dataset, folders, {}) for name, (_, folders) in systems.items()]
    tests = compare(named, options.data, Settings(None, "test", all_pairs=False, seed=run.seed, resamples=RESAMPLES))
    found = {each.system: each for each in tests.tested}
    return [
        {
            "comparison": title,
            "what": what,
            "system": name,
            "metric": group.headline.name,
            **{split: vars(values[group.headline.name]) for split, values in systems[name][0].items()},
            **(of_test(found[name]) if name in found else {"difference": None}),
        }
        for what, name in {comparison["base_is"]: base, **others}.items()
    ]


def of_test(tested: Tested) -> dict[str, Any]:
    """What a paired test adds to a row."""
    found = tested.difference
    gap = {key: round(number, 4) for key, number in zip(BOUNDS, (found.value, found.low, found.high), strict=True)}
    return {"difference": gap, "p": round(found.p, 4), "p_holm": round(tested.p_adjusted, 4)}


def system(
    runs: Sequence[str], group: ComparisonGroup, options: argparse.Namespace
) -> tuple[dict[str, dict[str, Value]], tuple[Path, ...]]:
    """The scores by split of a run or a baseline, of several seeds the mean, and so of intervals; and its folders."""
    of_split: dict[str, list[Score]] = {}
    folders = []
    for member in runs:
        path, system_name = scores_of(member, options)
        if not path.exists():
            raise InputError(f"{path}: no such file; run the stage evaluate of {member!r} first")
        folders.append(options.predictions / member)
        for split, scores in read_scores(path)[system_name].items():
            of_split.setdefault(split, []).extend(main_scores(scores, [group.headline]).values())
    values = {
        split: {group.headline.name: Value(*(fmean(column) for column in zip(*map(bounds, scores), strict=True)))}
        for split, scores in of_split.items()
    }
    return values, tuple(folders)


def bounds(score: Score) -> tuple[float, float, float]:
    """A value and its interval."""
    return score.value, score.low, score.high


def tables(results: list[dict[str, Any]], metrics: Mapping[str, Metric]) -> Iterator[str]:
    """A Markdown table per comparison; `metrics` holds the metric of each."""
    for title in dict.fromkeys(row["comparison"] for row in results):
        rows = [row for row in results if row["comparison"] == title]
        yield f"## {title}\n"
        metric = metrics[title]
        yield f"| what | system | {metric.title}, dev | test | 95 % interval | difference | 95 % interval | p, Holm |"
        yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
        for row in rows:
            dev = metric.write(row["dev"]["value"])
            test, low, high = (metric.write(row["test"][key]) for key in BOUNDS)
            gap = " | "
            if row["difference"]:
                gap = "{} | {} to {}".format(*(metric.write(row["difference"][key], signed=True) for key in BOUNDS))
            p = p_text(row["p_holm"]) if "p_holm" in row else ""
            yield f"| {row['what']} | `{Path(row['system']).name}` | {dev} | {test} | {low} to {high} | {gap} | {p} |"
        yield ""


if __name__ == "__main__":
    main()
