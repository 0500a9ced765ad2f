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

from embeddings.cost import peak_memory_megabytes
from embeddings.errors import InputError, exits_on_input_error
from embeddings.files import atomic_folder, read_json, write_json
from embeddings.matrix import coverage
from pipelines import plugins
from pipelines.config import load_run
from pipelines.data.examples import Example, check_field, read_dataset, read_examples
from pipelines.data.subwords import encoding_path
from pipelines.data.tokenization import detokenizer_of


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
    dataset = read_dataset(options.data)
    task_class = plugins.load("tasks", config.task).TASK
    if task_class.reads_features != ("features" in dataset):
        reads, got = ("features", "text") if task_class.reads_features else ("text", "features")
        raise InputError(f"{options.data}: expected {reads}, which task {config.task!r} reads, got {got}")
    paths = {"tokens": options.source_vectors, "target_tokens": options.target_vectors}
    vectors = {field: load_vectors(paths[field], dataset, field) for field in task_class.text_fields()}
    splits = {split: list(read_examples(options.data / f"{split}.jsonl")) for split in ("train", "dev")}
    for split, examples in splits.items():
        check_field(examples, task_class.field, options.data / f"{split}.jsonl", f"task {config.task!r}")
    counts = read_json(options.data / "counts.json")
    task = task_class.from_counts(config, cell, counts, vectors, detokenizer_of(dataset))

    from pipelines.seeding import seed_everything
    from pipelines.training.augmentation import with_lower_cased, with_shifted
    from pipelines.training.checkpoint import save_run
    from pipelines.training.device import choose_device

    device = choose_device(config.training.device)
    seed_everything(run.seed)
    from pipelines.training.callbacks import Samples
    from pipelines.training.fit import fit
    from pipelines.training.resumption import Checkpoint

    widths = {field: loaded.vector_size for field, loaded in vectors.items()}
    if task.reads_features:
        widths["features"] = task.features(splits["train"][0])[0].shape[-1]
    model = task.build_model(widths, run.seed)
    task.set_vectors(model, vectors, run.seed)
    evaluation = plugins.load("evaluation", config.metrics)
    examples = with_lower_cased(splits["train"], config.training.lower_cased, run.seed)
    examples = with_shifted(examples) if config.training.shifted else examples
    encoded = [task.encode(example) for example in examples]
    batches = task.batches(encoded, config.training.batch_size, run.seed)
    settings = {"run": asdict(run), "task": asdict(config), "cell": asdict(cell), "device": device}
    checkpoint = Checkpoint(options.output, settings, inputs(options.data, set(paths.values())), started)
    with atomic_folder(options.output) as folder:
        callbacks = task.callbacks()
        if steps := config.training.sample_steps:
            callbacks += [Samples(lambda: task.sample(model, run.seed), steps, folder / "samples.jsonl")]
        cost = fit(
            model,
            task.loss(),
            batches,
            lambda: {
                **evaluation.score(splits["dev"], list(task.predict(model, splits["dev"], task.dev_decoding))),
                **task.dev_losses(model, splits["dev"]),
            },
            config.training,
            config.monitor,
            cell.clip_norm,
            folder / "history.csv",
            callbacks,
            list(task.word_embeddings(model).values()),
            checkpoint,
        )
        task.calibrate(model, splits["dev"])
        save_run(folder, options.run, run, task, model, dataset)
        for field in task.text_fields():
            if (encoding := encoding_path(options.data, field)).exists():
                shutil.copy(encoding, folder)
        write_json(folder / "coverage.json", coverages(vectors, splits))
    write_json(
        options.cost,
        {
            **cost,
            "wall_seconds": round(checkpoint.wall_seconds(), 2),
            "peak_memory_megabytes": peak_memory_megabytes(),
            "parameters": model.count_params(),
            "trainable_parameters": sum(math.prod(weight.shape) for weight in model.trainable_weights),
            "device": device,
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


def load_vectors(path: Path, dataset: Mapping[str, Any], field: str) -> Any:
    """Loads word vectors that went through the dataset's own tokenizer; those of no words always did.

    Raises:
        InputError: the tokenizers differ.
    """
    import embeddings
    from embeddings.store import provenance

    vectors = embeddings.load(path)
    expected, got = dataset["tokenizers"][field], provenance(path).get("tokenizer")
    if len(vectors) and expected != got:
        raise InputError(
            f"{path}: expected vectors of words from tokenizer {expected!r}, as dataset {dataset['name']!r} has for "
            f"its {field}, got {got!r}; train vectors on a corpus prepared with it"
        )
    return vectors


if __name__ == "__main__":
    main()
