"""Speed of a trained tagger: tokens/s in batches and milliseconds for a sentence alone, on one core and on all.

python -m benchmarks.speed.tagging benchmarks/out/runs/RUN benchmarks/out/data/DATASET/dev.jsonl
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.runs.engines import add_engine_option

SINGLE = 300  # sentences that are tagged one by one


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure how fast a trained tagger tags.")
    parser.add_argument("run", type=Path, help="run folder")
    add_engine_option(parser)
    parser.add_argument("examples", type=Path, help="prepared split (JSON Lines)")
    parser.add_argument("--batch-size", type=int, default=64, help="sentences a batch")
    parser.add_argument("--rounds", type=int, default=5, help="measurements, of which the median counts")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(arguments)
    if options.worker:
        print(json.dumps(measure(options)))
        return
    table = Table("cores", "tokens/s in batches", "tokens/s one by one", "ms per sentence, median", "95th percentile")
    cores = sorted(os.sched_getaffinity(0))
    for number in sorted({1, len(cores)}):
        row = on_cores(cores[:number], arguments)
        table.add_row(str(number), *(f"{row[key]:,.{digits}f}" for key, digits in DIGITS.items()))
    Console(width=120).print(table)


DIGITS = {"batches": 0, "one_by_one": 0, "median_ms": 1, "slow_ms": 1}


def on_cores(cores: list[int], arguments: list[str]) -> dict[str, float]:
    """Measures in a process of its own that may use these cores alone."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed.tagging", *arguments, "--worker"],
        stdout=subprocess.PIPE,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )
    return json.loads(done.stdout.splitlines()[-1])


def measure(options: argparse.Namespace) -> dict[str, float]:
    """Tokens/s and latencies of this process."""
    from pipelines.data.examples import read_examples
    from pipelines.runs.folder import load_run_folder

    run = load_run_folder(options.run, options.engine)
    examples = list(read_examples(options.examples))

    def tag(part: list[Any], batch_size: int) -> float:
        started = time.perf_counter()
        for _ in run.task.predict(run.engine, part, batch_size=batch_size):
            pass
        return time.perf_counter() - started

    tag(examples, options.batch_size)
    seconds = median(tag(examples, options.batch_size) for _ in range(options.rounds))
    single = sorted(tag([example], 1) for example in examples[:SINGLE])
    return {
        "batches": sum(len(example.tokens) for example in examples) / seconds,
        "one_by_one": sum(len(example.tokens) for example in examples[:SINGLE]) / sum(single),
        "median_ms": 1000 * median(single),
        "slow_ms": 1000 * single[int(0.95 * len(single))],
    }


if __name__ == "__main__":
    main()
