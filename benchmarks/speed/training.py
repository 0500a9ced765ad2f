"""Training end to end: Elman beside the same model in plain PyTorch, on the same batches, in interleaved rounds.

Rates come from processes that live on and train in turns, PyTorch with padded and with packed sequences, of which the
better one counts. Then each is trained in a fresh process: seconds from its start to the first step, and until dev has
the score that both reach. With ELMAN_DATA (and TFDS_DATA_DIR) set, the data is real, else made up with the same
lengths.

    python -m benchmarks.speed.training --json benchmarks/speed/training.json
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.speed.recurrent import show
from benchmarks.speed.training_cases import CASES, TrainingCase, import_seconds, made
from benchmarks.speed.worker import INSTRUCTIONS, Worker
from embeddings.foundation.errors import exits_on_input_error

MODULE = "benchmarks.speed.training_worker"
PADDED, PACKED, COMPILED = "torch-padded", "torch-packed", "torch-compiled"
WARM_UP = 6  # steps, twice
SECONDS = 2.0  # of one measurement


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.training", description=__doc__)
    parser.add_argument("--tasks", help=f"only these, separated by commas: {', '.join(case.name for case in CASES)}")
    parser.add_argument("--cpu", choices=INSTRUCTIONS, default="native", help="instructions that every library may use")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each implementation")
    parser.add_argument("--compile", action="store_true", help="also PyTorch with torch.compile, which takes minutes")
    parser.add_argument("--no-score", action="store_true", help="rates alone")
    parser.add_argument("--folder", type=Path, help="folder of the datasets, which are kept; default: a temporary one")
    parser.add_argument("--json", type=Path, help="file to write the rows to")
    options = parser.parse_args(arguments)
    torch = [PADDED, PACKED] if importlib.util.find_spec("torch") else []
    torch += [COMPILED] if torch and options.compile else []
    names = options.tasks.split(",") if options.tasks else [case.name for case in CASES]
    known = [case.name for case in CASES]
    if unknown := [name for name in names if name not in known]:
        parser.error(f"--tasks: no task {unknown[0]!r}; known: {', '.join(known)}")
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for case in (case for case in CASES if case.name in names):
            print(case, file=sys.stderr)
            folder = (options.folder or Path(temporary)) / case.name
            about = {"measured": date.today().isoformat(), "cpu": options.cpu, "data": made(case, folder)}
            rates = measure(case, folder, ["elman", *torch], INSTRUCTIONS[options.cpu], options.rounds)
            found = {} if options.no_score else to_score(case, folder, rates, INSTRUCTIONS[options.cpu])
            rows += [{**about, **case.as_row(), **row} for row in rows_of(rates, found)]
    if rows:
        show(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def measure(
    case: TrainingCase, folder: Path, implementations: list[str], environment: dict[str, str], rounds: int
) -> dict[str, float]:
    """Real source tokens a second of each: the median over rounds, in each of which every one has its turn."""
    workers = {name: Worker(name, environment, MODULE) for name in implementations}
    rates: dict[str, list[float]] = {name: [] for name in workers}
    steps = {}
    for name, worker in workers.items():
        worker.ask(case=case.name, folder=str(folder), steps=WARM_UP)
        steps[name] = max(1, round(SECONDS * WARM_UP / worker.ask(steps=WARM_UP)["seconds"]))
    for _ in range(rounds):
        for name, worker in workers.items():
            answer = worker.ask(steps=steps[name])
            rates[name].append(answer["tokens"] / answer["seconds"])
    for worker in workers.values():
        worker.end()
    return {name: median(values) for name, values in rates.items()}


def to_score(
    case: TrainingCase, folder: Path, rates: dict[str, float], environment: dict[str, str]
) -> dict[str, dict[str, float]]:
    """Seconds of Elman and of the faster PyTorch to the first step, and to the dev score that both reach."""
    torch = [name for name in rates if name in (PADDED, PACKED)]
    names = ["elman", *([max(torch, key=rates.__getitem__)] if torch else [])]
    keras = median(import_seconds(environment, time.perf_counter) for _ in range(3))
    told = {name: trained(name, case, folder, environment) for name in names}
    epochs = {name: [line for line in lines if "score" in line] for name, lines in told.items()}
    score = min(max(line["score"] for line in lines) for lines in epochs.values())
    return {
        name: {
            "seconds_to_first_step": round(lines[0]["seconds"], 2),
            "x_import_keras": round(lines[0]["seconds"] / keras, 2),
            "score": round(score, 2),
            "seconds_to_score": round(next(each["seconds"] for each in epochs[name] if each["score"] >= score), 2),
        }
        for name, lines in told.items()
    }


def trained(name: str, case: TrainingCase, folder: Path, environment: dict[str, str]) -> list[dict[str, float]]:
    """What a training in a fresh process tells of itself."""
    command = [sys.executable, "-m", MODULE, name, case.name, str(folder), str(time.time())]
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def rows_of(rates: dict[str, float], found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A row of each implementation."""
    empty: dict[str, Any] = dict.fromkeys(("seconds_to_first_step", "x_import_keras", "score", "seconds_to_score"))
    best = max((rate for name, rate in rates.items() if name != "elman"), default=None)
    return [
        {
            "implementation": name,
            "tokens_per_second": round(rate),
            "ratio_to_torch": round(rate / best, 3) if best else None,
            **found.get(name, empty),
        }
        for name, rate in rates.items()
    ]


if __name__ == "__main__":
    main()
