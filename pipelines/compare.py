"""Stage `compare`: one leaderboard over all runs and baselines, as Markdown, JSON and a plot.

A run is compared with the baseline of its task and dataset that is best on dev, on resamples of the same examples.
The verdict is that of test where test is scored, else that of dev.
"""

import argparse
import logging
from pathlib import Path

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file, atomic_folder
from embeddings.foundation.seeds import seed_option
from pipelines.reporting import plots, table
from pipelines.reporting.comparison import ComparisonGroup, System, rank_systems
from pipelines.reporting.leaderboard import Leaderboard, headlines, read_leaderboard, write_leaderboard
from pipelines.reporting.systems import Folders, read_baselines, read_entries, read_runs

log = logging.getLogger(__name__)


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes the leaderboard, or prints the one that stands."""
    parser = argparse.ArgumentParser(prog="elman compare", description=__doc__)
    parser.add_argument("--runs", type=Path, default="configs/runs.yaml", help="runs and baselines to compare")
    parser.add_argument("--configs", type=Path, default="configs", help="folder with tasks/, which baselines name")
    parser.add_argument("--data", type=Path, default="data", help="folder of prepared datasets")
    parser.add_argument("--predictions", type=Path, default="predictions", help="folder of predictions")
    parser.add_argument("--evaluations", type=Path, default="evaluations", help="folder of evaluations")
    parser.add_argument("--trained", type=Path, default="runs", help="folder of run folders")
    parser.add_argument("--costs", type=Path, default="costs", help="folder of cost files, if any")
    parser.add_argument("--seed", type=seed_option, default=1, help="seed of the bootstrap")
    parser.add_argument("--output", type=Path, default="reports", help="folder of leaderboard.{md,json,svg}")
    parser.add_argument("--headlines", type=Path, help="also write headlines and verdicts to this file (JSON)")
    parser.add_argument("--print", action="store_true", help="print the leaderboard in --output and write nothing")
    options = parser.parse_args(arguments)
    if options.print:
        table.print_leaderboard(read_leaderboard(options.output / "leaderboard.json"))
        return
    leaderboard = compare(options)
    with atomic_folder(options.output) as folder:
        write_leaderboard(folder / "leaderboard.json", leaderboard)
        picture = plots.svg(plots.leaderboard_chart(leaderboard))
        for name, text in {"md": table.markdown(leaderboard), "svg": picture}.items():
            with atomic_file(folder / f"leaderboard.{name}") as file:
                file.write(text)
    if options.headlines:
        write_leaderboard(options.headlines, headlines(leaderboard))
    systems = sum(len(group.rows) for group in leaderboard.groups)
    log.info(f"compared {systems} systems in {options.output}/leaderboard.md")


def compare(options: argparse.Namespace) -> Leaderboard:
    """Gathers every evaluated system of the runs file and ranks those that are comparable.

    Raises:
        InputError: nothing has been evaluated.
    """
    folders = Folders(options.configs, options.predictions, options.evaluations, options.trained, options.costs)
    runs, baselines = read_entries(options.runs, "runs"), read_entries(options.runs, "baselines")
    found = [*read_runs(list(runs), folders), *read_baselines(baselines, folders)]
    if not found:
        raise InputError(f"{options.evaluations}: nothing of {options.runs} has been evaluated; run `dvc repro`")
    groups: dict[ComparisonGroup, list[System]] = {}
    for _, group, system in found:
        groups.setdefault(group, []).append(system)
    ranked = [rank_systems(group, groups[group], options.data / group.dataset, options.seed) for group in groups]
    names = {(system.row.kind, name) for name, _, system in found}
    listed = [*(("run", name) for name in runs), *(("baseline", name) for name in baselines)]
    return Leaderboard(tuple(ranked), tuple(name for kind, name in listed if (kind, name) not in names))


if __name__ == "__main__":
    main()
