"""Stage `results` of the benchmarks: scores and costs of all runs become results.json and RESULTS.md."""

import argparse
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from benchmarks.seeds import by_group
from benchmarks.summary import PROBE, summary_table
from embeddings.foundation.config import load_part, read_yaml
from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import atomic_file, write_json
from embeddings.foundation.reading import read_json
from pipelines.evaluation.config import MetricsConfig
from pipelines.evaluation.labels import ACCURACY
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.records import main_scores, read_scores
from pipelines.evaluation.scores import Score
from pipelines.evaluation.significance import INTERVAL, NO_INTERVAL
from pipelines.reporting.systems import read_entries

PREFACE = """# Results on real data

Every number comes from a stage of `make bench`; the command below each table runs that stage alone. Runs were made at
different times (`python -m benchmarks.results --keep` keeps the figures of runs that are not evaluated again).

Values are percent (BLEU and chrF as sacreBLEU prints them; for language models nats, bits and perplexity) with a 95 %
bootstrap interval over sentences or documents, for language models over blocks of tokens. With several seeds a value is
their mean, the interval the mean of their intervals, and sd the sample standard deviation over seeds. Minutes and
tokens/s were measured on machines with other load; those of English taggers, IMDB, SST-2, TREC and translators are for
at most one core. `results.json` holds the same with signatures.

Settings were chosen on dev, and test was scored once per run, with these exceptions:

- Baselines: the solver tolerance of two of them was changed and changed back after test had been scored (dev had the
  same result).
- Taggers, IMDB and Multi30k: settings were changed once, based on dev, after test had been scored with earlier ones;
  UNER's vectors a second time, based on the dev figure of a comparison that also showed a test figure.
- Digits: test was scored twice, for runs that were trained twice with the same settings. For columns it was scored once
  more, with averaged weights: the best of ten settings in five-fold cross-validation within train and dev (14 errors of
  1,397; without averaging 16, and 97.92 % on test).
- Tiny Shakespeare: test was scored with two settings, the first of which is better on dev.
- Ensembles: test had been scored before, for ensembles of taggers of the same runs that were made without DVC, and for
  those with n-grams of runs with the same settings that earlier code trained (SST-2 84.84, TREC 92.8), and those of
  another scale or triples (IMDB 92.07, 92.68; SST-2 84.9, 85.61, 85.67; TREC 92.4).

`dvc.lock` holds the hashes of the code, the data and the runs that a figure was made of. Figures that it does not know
are listed below their table, with their commit and what has changed since. Unless another change is named there, data
and reference texts are, file by file, those that commit 183e9eb prepares, and metrics are defined as before.

## Headlines

The headline metric of runs that are scored on test. The systems of a dataset are sorted by dev, and bold marks the best
there; a dagger (†) marks a run that does not beat, on test, the baseline that is best on dev. Baselines are in italics.

"""

PROBED = {"all_units": "{units_used} of {units} units", "one_unit": "unit {unit} alone"}


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes the results of every run and baseline of a runs file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, required=True, help="runs file (YAML)")
    parser.add_argument("--configs", type=Path, required=True, help="folder of task configurations")
    parser.add_argument("--evaluations", type=Path, required=True, help="folder of evaluations")
    parser.add_argument("--costs", type=Path, required=True, help="folder of cost files")
    parser.add_argument("--probes", type=Path, required=True, help="folder of probes, if any")
    parser.add_argument("--anchors", type=Path, required=True, help="published results (YAML), shown on the page only")
    parser.add_argument("--earlier", type=Path, required=True, help="figures of earlier code (YAML), told on the page")
    parser.add_argument("--notes", type=Path, required=True, help="folder of DATASET.md, shown below its tables")
    parser.add_argument("--json", type=Path, required=True, help="file to write: a list of results")
    parser.add_argument("--page", type=Path, required=True, help="file to write: the same as Markdown tables")
    parser.add_argument("--keep", action="store_true", help="keep the figures of runs that are not evaluated here")
    options = parser.parse_args(arguments)

    before = read_json(options.json) if options.keep and options.json.exists() else []
    results = [*run_results(options, before), *baseline_results(options, before), *probe_results(options, before)]
    order = {name: place for place, name in enumerate(dict.fromkeys(result["metric"] for result in results))}

    def place(result: Mapping[str, Any]) -> tuple[Any, ...]:
        metric = metrics_of(result["task"], options.configs)[result["metric"]]
        about = result["task"], result["dataset"], result["split"] != "test", order[metric.name]
        return *about, metric.rank(result["value"])

    results.sort(key=place)
    write_json(options.json, results)
    with atomic_file(options.page) as page:
        page.write(text(results, options.anchors, options.earlier, options.notes))


def text(results: Sequence[Mapping[str, Any]], anchors: Path, earlier: Path, notes: Path) -> str:
    """The page."""
    told = {path.stem: path.read_text(encoding="utf-8") for path in notes.glob("*.md")}
    lines = [*summary_table(results), "", *tables(results, read_yaml(anchors), read_yaml(earlier), told)]
    return PREFACE + "\n".join(lines)


@cache
def metrics_of(task: str, configs: Path) -> dict[str, Metric]:
    """The metrics worth showing of a task, by name."""
    if task == PROBE:
        return {ACCURACY.name: ACCURACY}
    return {metric.name: metric for metric in load_part(MetricsConfig, configs / "tasks" / f"{task}.yaml").shown}


def run_results(options: argparse.Namespace, before: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Results of runs; those that differ by nothing but their seed are one."""
    runs = read_entries(options.runs, "runs")
    for group, names in by_group(runs).items():
        run = runs[next(iter(names.values()))]
        kept = [result for result in before if (result["run"], result["seeds"]) == (group, list(names))]
        if options.keep and not all((options.evaluations / name).exists() for name in names.values()):
            if not kept:
                print(f"not evaluated yet: {group}", file=sys.stderr)
            yield from kept
            continue
        scores = [read_scores(options.evaluations / name / "scores.json")[name] for name in names.values()]
        costs = [read_json(options.costs / f"{name}.json") for name in names.values()]
        described = {
            "run": group,
            "task": run.task,
            "dataset": run.dataset,
            "seeds": list(names),
            "minutes": round(fmean(cost["wall_seconds"] for cost in costs) / 60, 1),
            "tokens_per_second": round(fmean(cost["tokens_per_second"] for cost in costs)),
            "command": f"dvc --cd benchmarks repro {' '.join(f'{run.evaluation}@{name}' for name in names.values())}",
        }
        yield from summarised(described, scores, options.configs)


def baseline_results(options: argparse.Namespace, before: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Results of baselines."""
    for group, item in read_entries(options.runs, "baselines").items():
        kept = [result for result in before if result["command"].endswith(f"evaluate-baseline@{group}")]
        if options.keep and not (options.evaluations / "baselines" / group).exists():
            if not kept:
                print(f"not evaluated yet: baselines of {group}", file=sys.stderr)
            yield from kept
            continue
        costs = read_json(options.costs / "baselines" / f"{group}.json")
        for name, scores in read_scores(options.evaluations / "baselines" / group / "scores.json").items():
            described = {
                "run": f"baseline {name}",
                "task": item.task,
                "dataset": item.dataset,
                "seeds": [item.seed],
                "minutes": round(costs[name]["wall_seconds"] / 60, 1),
                "tokens_per_second": None,
                "command": f"dvc --cd benchmarks repro evaluate-baseline@{group}",
            }
            yield from summarised(described, [scores], options.configs)


def probe_results(options: argparse.Namespace, before: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Accuracies of probes of language models and of baselines trained on the same texts.

    The histogram of the best unit is copied to the folder of the page.
    """
    folders = sorted(options.probes.iterdir()) if options.probes.exists() else []
    commands = {f"dvc --cd benchmarks repro probe@{folder.name}": folder for folder in folders}
    if options.keep:
        yield from (result for result in before if result["task"] == PROBE and result["command"] not in commands)
    for command, folder in commands.items():
        about, cost = read_json(folder / "probe.json"), read_json(options.costs / "probes" / f"{folder.name}.json")
        shutil.copyfile(folder / "histogram.svg", options.page.parent / f"{folder.name}.svg")
        for score in read_json(folder / "scores.json"):
            yield {
                "run": f"{folder.name}: {PROBED.get(score['system'], str(score['system'])).format(**about)}",
                "task": PROBE,
                "dataset": about["dataset"],
                "seeds": [about["seed"]],
                "minutes": round(cost["wall_seconds"] / 60, 1),
                "tokens_per_second": cost["tokens_per_second"],
                "command": command,
                "split": score["split"],
                "metric": score["metric"],
                **{key: round(score[key], ACCURACY.decimals) for key in ("value", "low", "high")},
                "sd": None,
                "interval_method": INTERVAL,
                "signature": f"texts:{score['texts']}|train:{about['texts']['train']}",
            }


def summarised(
    described: dict[str, Any], scores: Sequence[Mapping[str, list[Score]]], configs: Path
) -> Iterator[dict[str, Any]]:
    """The main numbers of a system from the scores of each seed, by split."""
    metrics = metrics_of(described["task"], configs).values()
    for split in scores[0]:
        of_seeds = [main_scores(each[split], metrics) for each in scores]
        for metric, first in of_seeds[0].items():
            same = [each[metric] for each in of_seeds]
            values = [score.value for score in same]
            yield {
                **described,
                "split": split,
                "metric": metric.name,
                "value": round(fmean(values), metric.decimals),
                "low": round(fmean(score.low for score in same), metric.decimals),
                "high": round(fmean(score.high for score in same), metric.decimals),
                "sd": round(stdev(values), metric.decimals) if len(values) > 1 else None,
                "interval_method": first.interval_method + (", mean over seeds" if len(values) > 1 else ""),
                "signature": first.signature,
            }


def tables(
    results: Sequence[Mapping[str, Any]],
    anchors: Mapping[str, Sequence[Mapping[str, Any]]],
    earlier: Mapping[str, Sequence[Mapping[str, Any]]],
    notes: Mapping[str, str],
) -> Iterator[str]:
    """A Markdown table per task and dataset, its test numbers first.

    Below it are its figures that the lock file does not know, with the commit and the reason; then published
    results, notes on the dataset, and commands.
    """
    for task, dataset in dict.fromkeys((result["task"], result["dataset"]) for result in results):
        of_task = [result for result in results if (result["task"], result["dataset"]) == (task, dataset)]
        yield f"## {task} on {dataset}\n"
        yield "| run | split | metric | value | 95 % interval | sd | seeds | minutes | tokens/s |"
        yield "| --- | --- | --- | ---: | ---: | ---: | --- | ---: | ---: |"
        for result in of_task:
            shown = {key: "" if value is None else value for key, value in result.items()}
            interval = "" if result["interval_method"] == NO_INTERVAL else "{low} to {high}".format(**result)
            yield (
                "| {run} | {split} | {metric} | {value} | {interval} | {sd} | {seeds} | {minutes} |"
                " {tokens_per_second} |"
            ).format(**{**shown, "interval": interval, "seeds": ", ".join(map(str, result["seeds"]))})
        systems = dict.fromkeys(result["run"] for result in of_task)
        if told := [each for each in earlier.get(dataset, ()) if set(each["runs"]) & set(systems)]:
            yield "\nFigures that `dvc.lock` does not know:\n"
            yield "| run | commit | changed since |"
            yield "| --- | --- | --- |"
            for each in told:
                runs = ", ".join(run for run in systems if run in each["runs"])
                yield f"| {runs} | {each['commit']} | {each['since']} |"
        if others := anchors.get(dataset) if task != PROBE else None:
            yield "\nResults of other systems, on test:\n"
            yield "| system | metric | value | |"
            yield "| --- | --- | ---: | --- |"
            for other in others:
                yield "| {system} | {metric} | {value} | {note} |".format(**other)
        if task == PROBE:
            for run in dict.fromkeys(result["run"].split(":")[0] for result in of_task):
                yield f"\n![Final states of the best unit, by label]({run}.svg)"
        elif note := notes.get(dataset):
            yield f"\n{note.strip()}"
        yield "\nCommands:\n"
        for command in dict.fromkeys(result["command"] for result in of_task):
            yield f"- `{command}`"
        yield ""


if __name__ == "__main__":
    main()
