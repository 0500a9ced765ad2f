"""Stage `train`: prepared splits and word vectors become a run folder that predicts on its own.

A training that was killed goes on after its last epoch, from a hidden file beside the run folder.
"""

import argparse
import math
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from embeddings.foundation.cost import peak_memory_megabytes
from embeddings.foundation.errors import exits_on_input_error
from embeddings.foundation.files import atomic_folder, write_json
from embeddings.matrix import coverage
from pipelines.data.examples import Example
from pipelines.runs.config import load_run
from pipelines.text.subwords import encoding_path
from pipelines.training.experiment import learn, set_up


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
    parser.add_argument("--cost", required=True, type=Path, help="file of what the run cost (JSON)")
    options = parser.parse_args(arguments)

    started = time.perf_counter()
    run, config, cell = load_run(options.runs, options.run, options.configs)
    paths = {"tokens": options.source_vectors, "target_tokens": options.target_vectors}
    experiment = set_up(run, config, cell, options.data, paths)
    task, model = experiment.task, experiment.model

    from pipelines.runs.folder import save_run
    from pipelines.training.callbacks import Samples
    from pipelines.training.resumption import Checkpoint

    settings = {"run": asdict(run), "task": asdict(config), "cell": asdict(cell), "device": experiment.device}
    checkpoint = Checkpoint(options.output, settings, inputs(options.data, set(paths.values())), started)
    with atomic_folder(options.output) as folder:
        callbacks = []
        if steps := config.training.sample_steps:
            callbacks.append(Samples(lambda: task.sample(model, run.seed), steps, folder / "samples.jsonl"))
        cost = learn(experiment, folder / "history.csv", callbacks, checkpoint)
        save_run(folder, options.run, run, task, model, experiment.dataset)
        for field in task.text_fields():
            if (encoding := encoding_path(options.data, field)).exists():
                shutil.copy(encoding, folder)
        write_json(folder / "coverage.json", coverages(experiment.vectors, experiment.splits))
    write_json(
        options.cost,
        {
            **cost,
            "wall_seconds": round(checkpoint.wall_seconds(), 2),
            "peak_memory_megabytes": peak_memory_megabytes(),
            "parameters": model.count_params(),
            "trainable_parameters": sum(math.prod(weight.shape) for weight in model.trainable_weights),
            "device": experiment.device,
        },
    )
    checkpoint.remove()


def inputs(data: Path, vectors: Iterable[Path]) -> list[Path]:
    """The files of a prepared dataset and of word vectors that a training reads."""
    names = ("train.jsonl", "train.npy", "dev.jsonl", "dev.npy", "counts.json", "dataset.json")
    return [
        *(data / name for name in names),
        *(path for folder in sorted(vectors) for path in sorted(folder.iterdir())),
    ]


def coverages(vectors: Mapping[str, Any], splits: Mapping[str, Sequence[Example]]) -> dict[str, dict]:
    """How much of each split's text has vectors, in percent: field -> split -> words, tokens."""
    return {
        field: {
            split: coverage(loaded, Counter(token for example in examples for token in getattr(example, field)))
            for split, examples in splits.items()
        }
        for field, loaded in vectors.items()
    }


if __name__ == "__main__":
    main()
