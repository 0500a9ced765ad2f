"""Speed of our recurrent layers beside stock Keras and PyTorch: the same work, in interleaved rounds.

Each implementation runs in its own process with the threads that it takes by itself. Tokens are real ones; padding
does not count. Stock Keras runs on TensorFlow, plain and compiled by XLA, and on JAX where it is installed; the best of
them counts. PyTorch packs rows of unequal length, or pads them, which is faster in training; the better one counts.
SRU, minGRU, minLSTM and QRNN stand beside the LSTMs of the others. Memory is measured afterwards, see `memory.py`;
without `--memory` its columns are empty.

    python -m benchmarks.speed.recurrent --memory --json benchmarks/speed/recurrent.json
"""

import argparse
import importlib.util
import json
import sys
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.speed.cases import Case, all_cases
from benchmarks.speed.memory import fill
from benchmarks.speed.worker import INSTRUCTIONS, Worker

STOCK = ("keras", "keras-jit", "keras-jax")
TORCH = ("torch-padded", "torch-packed")  # the same where all rows are full
PASSES = ("train", "inference")
SECONDS = 0.25  # of one measurement


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure recurrent layers beside stock Keras and PyTorch.")
    parser.add_argument("--quick", action="store_true", help="the LSTM on the first shape alone")
    parser.add_argument("--cells", help="only these cells, separated by commas")
    parser.add_argument("--cpu", choices=INSTRUCTIONS, default="native", help="instructions that every library may use")
    parser.add_argument("--rounds", type=int, default=7, help="measurements of each implementation")
    parser.add_argument("--memory", action="store_true", help="then measure the memory of training on full batches")
    parser.add_argument("--json", type=Path, help="file to write the rows to")
    options = parser.parse_args(arguments)
    implementations = ["elman", "keras", "keras-jit"]
    implementations += ["keras-jax"] if importlib.util.find_spec("jax") else []
    implementations += TORCH if importlib.util.find_spec("torch") else []
    cases = [case for case in all_cases(options.quick) if not options.cells or case.cell in options.cells.split(",")]
    workers = {name: Worker(name, INSTRUCTIONS[options.cpu]) for name in implementations}
    rows = []
    for number, case in enumerate(cases, start=1):
        print(f"{number} of {len(cases)}: {case}", file=sys.stderr)
        about = {"measured": date.today().isoformat(), "cpu": options.cpu}
        rows += [{**about, **row} for row in measure(case, workers, options.rounds)]
    for worker in workers.values():
        worker.end()
    if options.memory:
        fill(rows)
    show(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def measure(case: Case, workers: dict[str, Worker], rounds: int) -> list[dict[str, Any]]:
    """Rows of one case: the median over rounds, in each of which every implementation has its turn."""
    row = case.as_row()
    warm = {name: worker.ask(case=vars(case)) for name, worker in workers.items()}
    tokens = int(case.row_lengths().sum())
    rows = []
    for name in PASSES:
        seconds: dict[str, list[float]] = {worker: [] for worker in workers}
        for _ in range(rounds):
            for worker in workers:
                steps = max(1, round(SECONDS / warm[worker][name]))
                answer = workers[worker].ask(**{"pass": name, "steps": steps})
                seconds[worker].append(answer["seconds"])
        speed = {worker: tokens / median(times) for worker, times in seconds.items()}
        best_stock, best_torch = (
            max((speed[each] for each in names if each in speed), default=None) for names in (STOCK, TORCH)
        )
        for worker, tokens_per_second in speed.items():
            measured = {
                "pass": name,
                "implementation": worker,
                "tokens_per_second": round(tokens_per_second),
                "ratio_to_torch": round(tokens_per_second / best_torch, 3) if best_torch else None,
                "ratio_to_keras": round(tokens_per_second / best_stock, 3) if best_stock else None,
                "peak_memory_mb": None,
                "process_memory_mb": None,
            }
            rows.append({**row, **measured})
    return rows


def show(rows: list[dict[str, Any]]) -> None:
    """Prints the rows as a table."""
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console(width=200).print(table)


if __name__ == "__main__":
    main()
