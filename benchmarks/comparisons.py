"""Stage `comparisons` of the benchmarks: runs that differ in one thing, with paired intervals of their differences."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.seeds import by_group
from embeddings.foundation.config import load_config, read_yaml
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, read_json, write_json
from pipelines.evaluation.records import main_values, read_scores
from pipelines.evaluation.scale import decimals
from pipelines.evaluation.scores import Score
from pipelines.reporting.contest import Contest, Entry, differences
from pipelines.reporting.leaderboard import Row, Value
from pipelines.runs.config import Run, load_runs
from pipelines.tasks.config import TaskFile

PREFACE = """# Comparisons

Runs that differ from the first one of a table in one thing, with the same seed. A difference is that of the headline
metric on test, with a 95 % interval from 1,000 resamples of sentences or documents that both systems share (paired
bootstrap); one whose interval holds zero may be chance. The commands are those of the runs, `dvc repro
benchmarks/dvc.yaml:evaluate@RUN`; `benchmarks/comparisons.json` holds the same. Of runs with several seeds the means
count: of their values, of their intervals, and of their differences in each resample.

"""

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
    parser.add_argument("--evaluations", type=Path, required=True, help="folder of what evaluate wrote")
    parser.add_argument("--json", type=Path, required=True, help="file to write")
    parser.add_argument("--page", type=Path, required=True, help="file to write: the same as Markdown tables")
    parser.add_argument("--keep", action="store_true", help="keep the tables of which something is not evaluated here")
    options = parser.parse_args(arguments)

    comparisons, runs = read_yaml(options.comparisons), load_runs(options.runs)
    seeds = by_group(runs)
    before = read_json(options.json) if options.keep and options.json.exists() else []
    results = []
    for title, each in comparisons.items():
        lacking = missing(each, seeds, options) if options.keep else []
        kept = [row for row in before if row["comparison"] == title]
        if lacking and not kept:
            print(f"no table {title!r}; not evaluated yet: {', '.join(lacking)}", file=sys.stderr)
        results += kept if lacking else compared(title, each, runs, options)
    write_json(options.json, results)
    with atomic_file(options.page) as page:
        page.write(PREFACE + "\n".join(tables(results)))


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


def compared(
    title: str, comparison: Mapping[str, Any], runs: Mapping[str, Run], options: argparse.Namespace
) -> list[dict[str, Any]]:
    """The base and the others of a comparison, each with its score and its difference to the base.

    Raises:
        InputError: a system is no run of the runs file and was not evaluated as a baseline either.
    """
    base, others = comparison["base"], comparison["others"]
    seeds = by_group(runs)
    run = runs[members(base, seeds)[0]]
    task = load_config(TaskFile, options.configs / "tasks" / f"{run.task}.yaml")
    contest = Contest(task.task, run.dataset, task.metrics, task.monitor)
    entries = {name: entry(name, members(name, seeds), contest, options) for name in (base, *others.values())}
    test = options.data / run.dataset / "test.jsonl"
    found = differences(entries[base], [entries[name] for name in others.values()], contest, test, run.seed)
    return [
        {
            "comparison": title,
            "what": what,
            "system": name,
            "metric": contest.headline,
            **{split: vars(values[contest.headline]) for split, values in entries[name].row.scores.items()},
            "difference": vars(found[name]) if name in found else None,
        }
        for what, name in {comparison["base_is"]: base, **others}.items()
    ]


def entry(name: str, runs: Sequence[str], contest: Contest, options: argparse.Namespace) -> Entry:
    """The scores and predictions of a run or a baseline; of several seeds the mean, and so of their intervals."""
    of_split: dict[str, list[Score]] = {}
    folders = []
    for member in runs:
        path, system = scores_of(member, options)
        if not path.exists():
            raise InputError(f"{path}: no such file; run the stage evaluate of {member!r} first")
        folders.append(options.predictions / member)
        for split, scores in read_scores(path)[system].items():
            of_split.setdefault(split, []).append(main_values(scores, [contest.headline])[contest.headline])
    values = {
        split: {contest.headline: Value(*(fmean(column) for column in zip(*map(bounds, scores), strict=True)))}
        for split, scores in of_split.items()
    }
    return Entry(Row(name, "run", values, {}, {}), tuple(folders))


def bounds(score: Score) -> tuple[float, float, float]:
    """A value and its interval."""
    return score.value, score.low, score.high


def tables(results: list[dict[str, Any]]) -> Iterator[str]:
    """A Markdown table a comparison."""
    for title in dict.fromkeys(row["comparison"] for row in results):
        rows = [row for row in results if row["comparison"] == title]
        yield f"## {title}\n"
        yield f"| what | system | {rows[0]['metric']}, dev | test | 95 % interval | difference | 95 % interval |"
        yield "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
        for row in rows:
            test, gap, form = row["test"], row["difference"], f".{decimals(row['metric'])}f"
            told = f"{gap['value']:+{form}} | {gap['low']:+{form}} to {gap['high']:+{form}}" if gap else " | "
            values = (
                f"{row['dev']['value']:{form}} | {test['value']:{form}} | {test['low']:{form}} to {test['high']:{form}}"
            )
            yield f"| {row['what']} | `{Path(row['system']).name}` | {values} | {told} |"
        yield ""


if __name__ == "__main__":
    main()
