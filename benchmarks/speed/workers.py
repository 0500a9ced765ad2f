"""Speed of one training on several workers, and what more of them would give.

It trains a run for some steps in a process as today, with all processors and with one thread, and with workers of one
thread each on this machine; all see the same batches. Run it with nothing else running.

    python -m benchmarks.speed.workers --run ner-bilstm-skip_gram --workers 2
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

WARM = 20  # steps that are not measured
NETWORKS = {"1 Gbit/s": 0.125e9, "10 Gbit/s": 1.25e9, "100 Gbit/s": 12.5e9}  # bytes a second
MANY = (2, 4, 8, 16)


class StepsDoneError(Exception):
    """The steps are done."""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure one training on several workers.")
    parser.add_argument("--runs", default="configs/runs.yaml")
    parser.add_argument("--run", default="ner-bilstm-skip_gram")
    parser.add_argument("--configs", default="configs")
    parser.add_argument("--data", default="data", help="folder of prepared datasets")
    parser.add_argument("--vectors", default="vectors", help="folder of word vectors")
    parser.add_argument("--batch-size", type=int, help="in place of the run's")
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3, help="of each measurement, in turns; the fastest counts")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)  # in a process of its own: 0 workers, 1, 2 ...
    options = parser.parse_args(arguments)
    if options.measure is not None:
        print(json.dumps(measure(options)))
        return
    given = sys.argv[1:] if arguments is None else arguments
    one_thread = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    ways = {"one process, all processors": (0, {}), "one process, one thread": (0, one_thread)}
    ways |= {f"{count} worker{'s' * (count > 1)}": (count, {}) for count in (1, options.workers)}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, (count, environment) in ways.items():
            command = [sys.executable, "-m", "benchmarks.speed.workers", *given, "--measure", str(count)]
            done = subprocess.run(
                command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **environment}
            )
            found[name].append(json.loads(done.stdout.splitlines()[-1]))
    fastest = {name: min(rows, key=lambda row: row["seconds"]) for name, rows in found.items()}
    show(fastest, options.workers)


def measure(options: argparse.Namespace) -> dict[str, float]:
    """Seconds and bytes of a step, the mean of those after the first ones."""
    import keras

    from pipelines.runs.config import load_run
    from pipelines.training.experiment import learn, set_up
    from pipelines.workers.actors import actors
    from pipelines.workers.step import Step

    run, config, cell = load_run(options.runs, options.run, options.configs)
    size_of_batches = options.batch_size or config.training.batch_size
    lasting = {"epochs": options.steps, "patience": options.steps, "batch_size": size_of_batches}
    config = replace(config, training=replace(config.training, **lasting))
    vectors = Path(options.vectors)
    folders = {"tokens": vectors / run.source_vectors, "target_tokens": vectors / run.target_vectors}
    experiment = set_up(run, config, cell, Path(options.data) / run.dataset, folders)
    seconds: list[float] = []
    last = [0.0]
    waited: list[float] = []
    told: list[tuple[int, int]] = []

    def epoch_begins(number: int, logs: Any) -> None:
        last[0] = time.perf_counter()

    def step_done(number: int, logs: Any) -> None:
        now = time.perf_counter()
        seconds.append(now - last[0])
        last[0] = now
        if len(seconds) == options.steps:
            raise StepsDoneError

    class Watched:
        """Workers, with the time that they take and the bytes on the way to them and back."""

        def __init__(self, workers: Any) -> None:
            self.workers, self.count, self.begin = workers, workers.count, workers.begin

        def gradients(self, trained: tuple[int, ...], values: list[Any], parts: Sequence[Any]) -> list[Any]:
            begin = time.perf_counter()
            found = self.workers.gradients(trained, values, parts)
            waited.append(time.perf_counter() - begin)
            told.append((size(values), sum(size(each.gradients) for each in found)))
            return found

    callbacks = [keras.callbacks.LambdaCallback(on_epoch_begin=epoch_begins, on_train_batch_end=step_done)]
    with tempfile.TemporaryDirectory() as folder:
        history = Path(folder) / "history.csv"
        try:
            if options.measure:
                with actors(None, options.measure, 1, experiment.device) as workers:
                    make_step = partial(Step, workers=Watched(workers), cell=cell.cell)
                    learn(experiment, history, callbacks, make_step=make_step)
            else:
                learn(experiment, history, callbacks)
        except StepsDoneError:
            pass
    steps = len(seconds) - WARM
    row = {"seconds": sum(seconds[WARM:]) / steps}
    if waited:
        down, up = (sum(each) / steps for each in zip(*told[WARM:], strict=True))
        row |= {"waited": sum(waited[WARM:]) / steps, "down": down, "up": up}
    return row


def size(values: Any) -> int:
    """Bytes of arrays in lists and tuples."""
    if isinstance(values, list | tuple):
        return sum(size(each) for each in values)
    return getattr(values, "nbytes", 0)


def show(rows: dict[str, dict[str, float]], workers: int) -> None:
    """Prints what was measured and, by calculation, what more workers would give."""
    one = rows["one process, one thread"]["seconds"]
    print("| what | ms a step | times as fast as one thread |\n| --- | ---: | ---: |")
    for name, row in rows.items():
        print(f"| {name} | {1000 * row['seconds']:.1f} | {one / row['seconds']:.2f} |")
    several = rows[f"{workers} workers"]
    print(f"\nefficiency of {workers} workers: {one / several['seconds'] / workers:.0%}")
    down, up = several["down"], several["up"]
    rest, overhead = several["seconds"] - several["waited"], max(0.0, rows["1 worker"]["seconds"] - one)
    print(f"to a worker {down / 1e6:.2f} MB a step, from all of them {up / 1e6:.2f} MB; the command itself "
          f"{1000 * rest:.1f} ms of each step")  # fmt: skip
    print(f"overhead, what 1 worker takes longer than one thread: {1000 * overhead:.1f} ms a step")
    print("\nmore workers, each on a machine of its own, times as fast as one thread, by calculation:")
    print(f"| workers | {' | '.join(NETWORKS)} |\n| ---: |{' ---: |' * len(NETWORKS)}")
    for count in MANY:
        # The command sends all weights to each worker and gets back gradients of the same size.
        predicted = (overhead + one / count + count * 2 * down / rate for rate in NETWORKS.values())
        print(f"| {count} | {' | '.join(f'{one / each:.1f}' for each in predicted)} |")


if __name__ == "__main__":
    main()
