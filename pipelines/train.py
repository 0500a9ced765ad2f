"""Stage `train`: prepared splits and word vectors become a run folder that predicts on its own.

An interrupted training resumes after its last epoch, from a hidden file next to the run folder.
"""

import argparse
import os
import time
from contextlib import ExitStack
from pathlib import Path

from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import atomic_folder, write_json
from embeddings.foundation.options import count_option
from pipelines.runs.config import load_run
from pipelines.training.experiment import learn, samples, set_up
from pipelines.training.inputs import inputs
from pipelines.training.loggers import make_loggers, require_loggers


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Trains one run of a runs file."""
    parser = argparse.ArgumentParser(prog="elman train", description=__doc__)
    parser.add_argument("--runs", required=True, type=Path, help="runs file (YAML)")
    parser.add_argument("--run", required=True, help="name of the run")
    parser.add_argument("--configs", required=True, type=Path, help="folder of task and cell configurations")
    parser.add_argument("--data", required=True, type=Path, help="prepared dataset")
    parser.add_argument("--source-vectors", required=True, type=Path, help="word vectors of the tokens")
    parser.add_argument("--target-vectors", required=True, type=Path, help="word vectors of the target tokens")
    parser.add_argument("--output", required=True, type=Path, help="run folder to write")
    parser.add_argument("--cost", required=True, type=Path, help="cost file to write (JSON)")
    parser.add_argument("--logs", type=Path, default="logs", help="folder for the files of `training.loggers`")
    address = "address of a Ray cluster for `training.workers` (default: $RAY_ADDRESS, else this machine alone)"
    parser.add_argument("--address", default=os.environ.get("RAY_ADDRESS"), help=address)
    parser.add_argument("--cpus", type=count_option, default=1, help="processors and threads of each worker (1)")
    options = parser.parse_args(arguments)

    started = time.perf_counter()
    run, config, cell = load_run(options.runs, options.run, options.configs)
    require_loggers(config.training.loggers)
    if (workers := config.training.workers) > 1:
        from pipelines.cluster.connection import require_cluster

        require_cluster("training.workers")
    vectors = {"tokens": options.source_vectors, "target_tokens": options.target_vectors}
    experiment = set_up(run, config, cell, options.data, vectors)

    from pipelines.runs.folder import copy_encodings, save_run
    from pipelines.runs.graphs import checked_latency
    from pipelines.training.resumption import Checkpoint

    settings, read = experiment.settings, inputs(options.data, set(vectors.values()))
    checkpoint = Checkpoint(options.output, settings, read, started)
    resumes = checkpoint.read() is not None
    loggers = make_loggers(config.training.loggers, options.logs, options.run, settings, resumes=resumes)
    with atomic_folder(options.output, options.runs, options.configs, options.data, *vectors.values()) as folder:
        callbacks = [*samples(experiment, folder / "samples.jsonl"), *loggers]
        with ExitStack() as stack:
            make_step = None
            if workers > 1:
                from pipelines.workers.actors import step_of_workers

                make_step = stack.enter_context(step_of_workers(experiment, workers, options.address, options.cpus))
            cost = learn(experiment, folder / "history.csv", callbacks, checkpoint, make_step)
        save_run(folder, options.run, run, experiment.task, experiment.model, experiment.dataset)
        dev = experiment.splits["dev"]
        latency = checked_latency(folder, experiment.task, experiment.engine, dev, checkpoint.path)
        copy_encodings(options.data, experiment.task, folder)
        write_json(folder / "coverage.json", experiment.coverage())
    cost |= experiment.cost(checkpoint.wall_seconds(), latency_milliseconds=latency)
    write_json(options.cost, cost)
    checkpoint.remove()


if __name__ == "__main__":
    main()
