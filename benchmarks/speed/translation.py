"""Speed of a translator: training, target tokens/s; decoding, sentences/s, greedily and by a beam, batched and alone.

python -m benchmarks.speed.translation benchmarks/out/runs/RUN benchmarks/out/data/DATASET
"""

import argparse
import time
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from pipelines.runs.engines import add_engine_option

ALONE = 100  # sentences that are decoded one by one
WARM_UP = 5  # training steps that are not measured


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure how fast a translator trains and decodes.")
    parser.add_argument("run", type=Path, help="run folder")
    add_engine_option(parser)
    parser.add_argument("data", type=Path, help="its prepared dataset")
    parser.add_argument("--steps", type=int, default=100, help="training steps to measure")
    parser.add_argument("--batch-size", type=int, default=64, help="sentences a batch")
    parser.add_argument("--export", type=Path, help="only write the tokens as text to this folder, for another system")
    options = parser.parse_args(arguments)
    if options.export:
        export(options.data, options.export)
        return
    table = Table("what", "rate", "")
    for what, rate, unit in measure(options):
        table.add_row(what, f"{rate:,.1f}", unit)
    Console(width=120).print(table)


def export(data: Path, folder: Path) -> None:
    """Writes each split's tokens between spaces, a sentence a line, as `<split>.source` and `<split>.target`."""
    from pipelines.data.examples import read_examples

    folder.mkdir(parents=True, exist_ok=True)
    for split in ("train", "dev", "test"):
        examples = list(read_examples(data / f"{split}.jsonl"))
        for side, field in (("source", "tokens"), ("target", "target_tokens")):
            lines = (" ".join(getattr(example, field)) + "\n" for example in examples)
            (folder / f"{split}.{side}").write_text("".join(lines), encoding="utf-8")


def measure(options: argparse.Namespace) -> list[tuple[str, float, str]]:
    """Each measurement: what, how much a second, and of what."""
    from pipelines.data.examples import read_examples
    from pipelines.decoding import beam, greedy
    from pipelines.runs.folder import load_run_folder

    run = load_run_folder(options.run, options.engine)
    dev = list(read_examples(options.data / "dev.jsonl"))
    found = []
    for name, decoding in (
        ("greedy", greedy.Decoding()),
        ("beam of 5", beam.Decoding(beam_size=5, length_penalty=1.0)),
    ):
        for examples, size in ((dev, options.batch_size), (dev[:ALONE], 1)):
            batch = size * decoding.hypotheses  # which `predict` counts
            list(run.task.predict(run.engine, examples[: 2 * size], decoding, batch))
            started = time.perf_counter()
            list(run.task.predict(run.engine, examples, decoding, batch))
            rate = len(examples) / (time.perf_counter() - started)
            found.append((f"decoding, {name}, batches of {size}", rate, "sentences/s"))
    rate = training_rate(run, list(read_examples(options.data / "train.jsonl")), options)
    return [(f"training, batches of {options.batch_size}", rate, "target tokens/s"), *found]


def training_rate(run: Any, train: list[Any], options: argparse.Namespace) -> float:
    """Real target tokens a second, the ends of sentences counted, from the median step's time."""
    import keras

    from pipelines.batches.batching import TrainingBatches
    from pipelines.models.tracing import trace_once

    optimizer: Any = keras.optimizers.Adam(1e-4, global_clipnorm=run.task.cell.clip_norm)
    model = run.engine.keras_model("training")
    model.compile(optimizer, run.task.loss())
    trace_once(model)
    batches = TrainingBatches([run.task.encode(example) for example in train], run.task.collate, options.batch_size, 1)
    rates = []
    for inputs, targets, weights in islice(batches.epoch(), WARM_UP + options.steps):
        started = time.perf_counter()
        float(model.train_on_batch(inputs, targets, sample_weight=weights))
        rates.append(float(weights.sum()) / (time.perf_counter() - started))
    return median(rates[WARM_UP:])


if __name__ == "__main__":
    main()
