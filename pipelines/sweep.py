"""Stage `sweep`: trains a run with many settings, on this machine or a Ray cluster, and keeps the best.

Trials read train and dev, never test. An interrupted sweep resumes where it stopped: its state is a hidden folder next
to the output. Docs: docs/cluster.md.
"""

import argparse
import logging
import os
import signal
from pathlib import Path

from embeddings.foundation.config import load_part
from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import atomic_folder
from pipelines.cluster.connection import connected
from pipelines.evaluation.config import MetricsConfig
from pipelines.sweeping.config import load_plan
from pipelines.sweeping.ledger import open_folder
from pipelines.sweeping.progress import TrialTable

log = logging.getLogger(__name__)


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Runs the trials of a sweep file that have not been run."""
    parser = argparse.ArgumentParser(prog="elman sweep", description=__doc__)
    parser.add_argument("sweep", type=Path, help="sweep file (YAML)")
    parser.add_argument(
        "--address",
        default=os.environ.get("RAY_ADDRESS"),
        help="address of a Ray cluster, HOST:PORT or auto (default: $RAY_ADDRESS, else this machine alone)",
    )
    parser.add_argument("--runs", type=Path, default="configs/runs.yaml", help="runs file with the base run")
    parser.add_argument("--configs", type=Path, default="configs", help="folder of configurations")
    parser.add_argument("--data", type=Path, default="data", help="folder of prepared datasets")
    parser.add_argument("--vectors", type=Path, default="vectors", help="folder of word vectors")
    parser.add_argument("--output", type=Path, help="folder to write (default: sweeps/results/NAME)")
    options = parser.parse_args(arguments)

    plan = load_plan(options.sweep, options.runs, options.configs)
    output = options.output or Path("sweeps/results") / plan.name
    task = plan.configs / "tasks" / f"{plan.base.task}.yaml"
    metric = load_part(MetricsConfig, task).shown[0]
    state = output.with_name(f".{output.name}.sweep")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C

    from pipelines.sweeping.inputs import input_files, origin

    files = input_files(plan, options.data, options.vectors)
    with atomic_folder(output, options.sweep, options.runs, plan.configs, options.data, options.vectors) as folder:
        with connected(options.address) as ray:
            from pipelines.sweeping.driver import Driver
            from pipelines.sweeping.results import write_results

            if differs := open_folder(state, origin(plan, files)):
                log.info(f"{state}: is of another sweep ({', '.join(differs[:3])}); it starts from scratch")
            shared = not options.address or plan.sweep.inputs == "shared_path"
            driver = Driver(ray, plan, files, state, metric.better, shared=shared)
            with TrialTable(plan, metric) as table:
                records = driver.run(table.show)
        best = write_results(folder, plan, records, metric)
    unfinished = sum(not record.finished for record in records)
    if unfinished:
        log.info(f"out of time: {unfinished} trials continue when the budget has more hours")
    print(f"best: {TrialTable(plan, metric).line(best[0])}")


if __name__ == "__main__":
    main()
