"""Stage `train`: prepared splits and word vectors become a run folder that predicts on its own.

An interrupted training resumes after its last epoch, from a hidden file next to the run folder.
"""

import argparse
import math
import time
from dataclasses import asdict
from pathlib import Path

from embeddings.foundation.cost import peak_memory_megabytes
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_folder, write_json
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
    parser.add_argument("--logs", type=Path, default="logs", help="folder of what `training.loggers` write")
    options = parser.parse_args(arguments)

    started = time.perf_counter()
    run, config, cell = load_run(options.runs, options.run, options.configs)
    require_loggers(config.training.loggers)
    vectors = {"tokens": options.source_vectors, "target_tokens": options.target_vectors}
    experiment = set_up(run, config, cell, options.data, vectors)
    task, model = experiment.task, experiment.model

    from pipelines.runs.folder import copy_encodings, save_run
    from pipelines.runs.graphs import check_graphs, has_graph
    from pipelines.runs.latency import latency_milliseconds
    from pipelines.training.resumption import Checkpoint

    settings = {"run": run.trained(), "task": asdict(config), "cell": cell.flat(), "device": experiment.device}
    checkpoint = Checkpoint(options.output, settings, inputs(options.data, set(vectors.values())), started)
    resumes = checkpoint.read() is not None
    loggers = make_loggers(config.training.loggers, options.logs, options.run, settings, resumes=resumes)
    with atomic_folder(options.output, options.runs, options.configs, options.data, *vectors.values()) as folder:
        callbacks = [*samples(experiment, folder / "samples.jsonl"), *loggers]
        cost = learn(experiment, folder / "history.csv", callbacks, checkpoint)
        save_run(folder, options.run, run, task, model, experiment.dataset)
        latency = None
        if has_graph(cell.cell):
            try:
                check_graphs(folder, task, experiment.engine, experiment.splits["dev"])
            except InputError as error:
                raise InputError(f"{error}; the weights stay in {checkpoint.path}") from None
            latency = latency_milliseconds(folder, task, experiment.splits["dev"])
        copy_encodings(options.data, task, folder)
        write_json(folder / "coverage.json", experiment.coverage())
    write_json(
        options.cost,
        {
            **cost,
            "wall_seconds": round(checkpoint.wall_seconds(), 2),
            "peak_memory_megabytes": peak_memory_megabytes(),
            "parameters": model.count_params(),
            "trainable_parameters": sum(math.prod(weight.shape) for weight in model.trainable_weights),
            "latency_milliseconds": latency,
            "device": experiment.device,
        },
    )
    checkpoint.remove()


if __name__ == "__main__":
    main()
