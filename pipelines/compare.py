"""Stage `compare`: one leaderboard over all runs and baselines, as Markdown, JSON, a plot and a page (HTML).

A run is compared with the baseline of its task and dataset that is best on dev, on resamples of the same examples.
The verdict is that of test where test is scored, else that of dev. Systems that are named get paired tests instead.
"""

import argparse
import logging
from pathlib import Path

from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import write_json
from embeddings.foundation.seeds import seed_option
from pipelines.evaluation.paired import RESAMPLES
from pipelines.evaluation.predictions import SPLITS
from pipelines.reporting import pairwise, pairwise_table, table
from pipelines.reporting.leaderboard import headlines, read_leaderboard, write_leaderboard
from pipelines.reporting.page.contents import Places
from pipelines.reporting.ranking import rank_all, write_all
from pipelines.reporting.systems import Folders

log = logging.getLogger(__name__)


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Writes the leaderboard, prints the one that stands, or prints tests of named systems."""
    parser = argparse.ArgumentParser(prog="elman compare", description=__doc__)
    parser.add_argument(
        "systems",
        nargs="*",
        metavar="SYSTEM",
        help="test these against the first: RUN, GROUP/BASELINE, what runs called NAME-SEED share, or one of these "
        "with @REVISION, a git revision or DVC experiment",
    )
    parser.add_argument("--runs", type=Path, default="configs/runs.yaml", help="runs and baselines to compare")
    parser.add_argument("--configs", type=Path, default="configs", help="folder with tasks/, which baselines name")
    parser.add_argument("--data", type=Path, default="data", help="folder of prepared datasets")
    parser.add_argument("--predictions", type=Path, default="predictions", help="folder of predictions")
    parser.add_argument("--evaluations", type=Path, default="evaluations", help="folder of evaluations")
    parser.add_argument("--trained", type=Path, default="runs", help="folder of run folders")
    parser.add_argument("--vectors", type=Path, default="vectors", help="folder of word vectors, if any")
    parser.add_argument("--costs", type=Path, default="costs", help="folder of cost files, if any")
    parser.add_argument("--seed", type=seed_option, default=1, help="seed of the bootstrap")
    parser.add_argument(
        "--output", type=Path, default="reports", help="folder of leaderboard.{md,json,svg} and report.html"
    )
    parser.add_argument("--headlines", type=Path, help="also write headlines and verdicts to this file (JSON)")
    parser.add_argument("--print", action="store_true", help="print the leaderboard in --output and write nothing")
    tests = parser.add_argument_group("tests of named systems")
    tests.add_argument("--split", choices=SPLITS, help="what is scored (default: test, where all predicted it)")
    tests.add_argument("--metric", help="metric to compare (default: the task's headline)")
    tests.add_argument("--all-pairs", action="store_true", help="test all pairs of systems")
    tests.add_argument("--where", action="store_true", help="also show where they differ")
    tests.add_argument("--resamples", type=int, default=RESAMPLES, help="resamples per test (%(default)s)")
    tests.add_argument("--json", type=Path, help="also write the tests to this file")
    options = parser.parse_args(arguments)
    folders = Folders(options.configs, options.predictions, options.evaluations, options.trained, options.costs)
    if options.systems:
        asked = options.metric, options.split, options.all_pairs, options.seed, options.resamples, options.where
        settings = pairwise.Settings(*asked)
        found = pairwise.compare_named(options.systems, options.runs, folders, options.data, settings)
        if options.json:
            write_json(options.json, pairwise_table.as_json(found))
        pairwise_table.print_tests(found)
        return
    if options.print:
        table.print_leaderboard(read_leaderboard(options.output / "leaderboard.json"))
        return
    leaderboard = rank_all(options.runs, folders, options.data, options.seed)
    write_all(options.output, leaderboard, Places(options.data, options.predictions, options.trained, options.vectors))
    if options.headlines:
        write_leaderboard(options.headlines, headlines(leaderboard))
    log.info(f"wrote {options.output}/leaderboard.md and {options.output}/report.html")


if __name__ == "__main__":
    main()
