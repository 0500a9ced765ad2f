"""Stage `compare`: one leaderboard over all runs and baselines, as Markdown, JSON and a plot.

A run is compared with the best baseline of its task and dataset, on resamples of the same examples. Dev decides.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.foundation.config import build_config, load_part
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, atomic_folder, read_json
from embeddings.foundation.seeds import seed_option
from pipelines.data.examples import read_dataset, read_rows
from pipelines.evaluation.config import MetricsConfig
from pipelines.evaluation.family import load_family
from pipelines.evaluation.records import main_scores, read_scores
from pipelines.evaluation.scores import Score
from pipelines.reporting import plots, table
from pipelines.reporting.contest import Contest, Entry, compete
from pipelines.reporting.leaderboard import (
    Leaderboard,
    Row,
    Sample,
    Value,
    headlines,
    read_leaderboard,
    write_leaderboard,
)
from pipelines.runs.config import load_baselines, load_run, load_runs

SHOWN_SAMPLES = 6  # of the texts that a training wrote


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes the leaderboard, or prints the one that stands."""
    parser = argparse.ArgumentParser(prog="elman compare", description=__doc__)
    parser.add_argument("--runs", type=Path, default="configs/runs.yaml", help="runs and baselines to compare")
    parser.add_argument("--configs", type=Path, default="configs", help="folder of tasks/ and cells/")
    parser.add_argument("--data", type=Path, default="data", help="folder of prepared datasets")
    parser.add_argument("--predictions", type=Path, default="predictions", help="folder that predict, baseline wrote")
    parser.add_argument("--evaluations", type=Path, default="evaluations", help="folder that evaluate wrote")
    parser.add_argument("--trained", type=Path, default="runs", help="folder of run folders: samples that they hold")
    parser.add_argument("--costs", type=Path, default="costs", help="folder of cost files, where there are any")
    parser.add_argument("--seed", type=seed_option, default=1, help="of the resampling")
    parser.add_argument("--output", type=Path, default="reports", help="folder of leaderboard.{md,json,svg}")
    parser.add_argument("--headlines", type=Path, help="file to write, too: headlines and verdicts alone (JSON)")
    parser.add_argument("--print", action="store_true", help="print the leaderboard in --output; write nothing")
    options = parser.parse_args(arguments)
    if options.print:
        table.print_leaderboard(read_leaderboard(options.output / "leaderboard.json"))
        return
    leaderboard = compare(options)
    with atomic_folder(options.output) as folder:
        write_leaderboard(folder / "leaderboard.json", leaderboard)
        for name, text in {"md": table.markdown(leaderboard), "svg": plots.leaderboard_svg(leaderboard)}.items():
            with atomic_file(folder / f"leaderboard.{name}") as file:
                file.write(text)
    if options.headlines:
        write_leaderboard(options.headlines, headlines(leaderboard))
    print(f"compared {sum(len(group.rows) for group in leaderboard.groups)} systems in {options.output}/leaderboard.md")


def compare(options: argparse.Namespace) -> Leaderboard:
    """Gathers every evaluated system of the runs file and ranks those that are comparable.

    Raises:
        InputError: nothing has been evaluated.
    """
    contests: dict[Contest, list[Entry]] = {}
    missing = []
    for name, contest, entries in (*runs(options), *baselines(options)):
        contests.setdefault(contest, []).extend(entries)
        if not entries:
            missing.append(name)
    if not any(contests.values()):
        raise InputError(f"{options.evaluations}: nothing of {options.runs} has been evaluated; run `dvc repro`")
    groups = [
        compete(contest, entries, options.data / contest.dataset, options.seed)
        for contest, entries in contests.items()
        if entries
    ]
    return Leaderboard(tuple(groups), tuple(missing))


def runs(options: argparse.Namespace) -> Iterator[tuple[str, Contest, list[Entry]]]:
    """Each run with what it competes in and its entry, or none if it has not been evaluated."""
    for name in load_runs(options.runs):
        run, task, cell = load_run(options.runs, name, options.configs)
        contest = Contest(task.task, run.dataset, task.metrics, load_family(task.metrics).metric(task.monitor))
        entries = []
        for scores in evaluated(options.evaluations / name).values():
            dataset = read_dataset(options.data / run.dataset, "target_language")
            row = Row(
                name=name,
                kind="run",
                **numbers(contest, scores),
                cost=read_costs(options.costs / f"{name}.json"),
                cell=cell.cell,
                direction="both" if cell.bidirectional else "forward",
                depth=cell.depth,
                units=cell.units,
                source_vectors="" if dataset.get("features") else run.source_vectors,
                target_vectors=run.target_vectors if dataset["target_language"] else "",
                word_vectors=getattr(task.model, "word_vectors", ""),
                seed=run.seed,
                samples=samples(options.trained / name / "samples.jsonl"),
            )
            entries.append(Entry(row, (options.predictions / name,)))
        yield name, contest, entries


def samples(path: Path) -> tuple[Sample, ...]:
    """Of the texts that training wrote into a file, some from the first to the last; none where there is no file.

    Their steps are spaced geometrically: a model learns to write in its first steps.
    """
    rows = list(read_rows(path)) if path.exists() else []
    places = np.unique(np.geomspace(1, len(rows), SHOWN_SAMPLES).round().astype(int)) if rows else []
    return tuple(build_config(Sample, rows[place - 1], path) for place in places)


def baselines(options: argparse.Namespace) -> Iterator[tuple[str, Contest, list[Entry]]]:
    """Each entry of `baselines:` with what it competes in and an entry for each of its baselines."""
    for name, config in load_baselines(options.runs).items():
        task = load_part(MetricsConfig, options.configs / "tasks" / f"{config.task}.yaml")
        contest = Contest(task.task, config.dataset, task.metrics, load_family(task.metrics).metric(task.monitor))
        costs = read_costs(options.costs / "baselines" / f"{name}.json")
        entries = []
        for system, scores in evaluated(options.evaluations / "baselines" / name).items():
            row = Row(system, "baseline", **numbers(contest, scores), cost=costs.get(system, {}), seed=config.seed)
            entries.append(Entry(row, (options.predictions / "baselines" / name / system,)))
        yield name, contest, entries


def evaluated(folder: Path) -> Mapping[str, Mapping[str, Sequence[Score]]]:
    """The scores in a folder that evaluate wrote, by system and split; none where it has not run."""
    path = folder / "scores.json"
    return read_scores(path) if path.exists() else {}


def numbers(contest: Contest, scores: Mapping[str, Sequence[Score]]) -> dict[str, Any]:
    """What a row takes from the scores of a system, which are by split."""
    metrics = load_family(contest.metrics).shown(contest.headline.name)
    found = {split: main_scores(of_split, metrics) for split, of_split in scores.items()}
    return {
        "scores": {
            split: {metric.name: Value(score.value, score.low, score.high) for metric, score in values.items()}
            for split, values in found.items()
        },
        "signatures": {split: values[contest.headline].signature for split, values in found.items()},
    }


def read_costs(path: Path) -> dict[str, Any]:
    """Reads a cost file; nothing where there is none."""
    return read_json(path) if path.exists() else {}


if __name__ == "__main__":
    main()
