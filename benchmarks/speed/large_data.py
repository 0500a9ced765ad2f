"""Memory and speed of training on more sentences than memory would hold as Python objects. Needs Linux.

It makes a prepared dataset of random sentences of 4 to 20 words, with Zipf's frequencies of 100,000 words, and trains a
classifier on it for some steps. What is bounded is anonymous memory: pages of files that are mapped are the system's
cache, which it takes back when it needs to.

    python -m benchmarks.speed.large_data --sentences 10000000
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.data.examples import Example, write_examples

WORDS = 100_000
BLOCK = 100_000
LABELS = ("bad", "good")
CONFIGS = Path("configs")


class StepsDoneError(Exception):
    """The steps are done."""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure training on many sentences.")
    parser.add_argument("--sentences", type=int, default=10_000_000)
    parser.add_argument("--steps", type=int, default=300, help="training steps")
    parser.add_argument("--folder", type=Path, help="folder for the dataset, which is kept; default: a temporary one")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.folder and options.folder.parent) as temporary:
        folder = options.folder or Path(temporary)
        if not (folder / "counts.json").exists():
            prepare(folder, options.sentences)
        measure(folder, options.steps)


def prepare(folder: Path, sentences: int) -> None:
    """Writes the dataset as the stage `prepare` does."""
    folder.mkdir(exist_ok=True)
    shares = 1 / np.arange(1, WORDS + 1)
    random, cumulative = np.random.default_rng(1), (shares / shares.sum()).cumsum()
    tokens, labels = np.zeros(WORDS, int), dict.fromkeys(LABELS, 0)

    def examples(split: str, count: int) -> Iterator[Example]:
        for first in range(0, count, BLOCK):
            lengths = random.integers(4, 21, min(BLOCK, count - first))
            words = np.minimum(cumulative.searchsorted(random.random(lengths.sum())), WORDS - 1)
            tokens[:] += np.bincount(words, minlength=WORDS) * (split == "train")
            for number, sentence in enumerate(np.split(words, lengths.cumsum()[:-1]), start=first):
                text, label = tuple(f"w{word}" for word in sentence.tolist()), LABELS[number % 2]
                labels[label] += split == "train"
                yield Example(f"{split}-{number}", " ".join(text), text, label=label)

    for split, count in (("train", sentences), ("dev", 200)):
        write_examples(folder / f"{split}.jsonl", examples(split, count))
    counted = {f"w{word}": int(count) for word, count in enumerate(tokens) if count}
    counts = {"tokens": counted, "labels": labels, "tags": {}, "target_tokens": {}}
    dataset = {"name": "large", "language": "en", "target_language": "en"}
    tokenizers = {"tokens": "words", "target_tokens": None}
    (folder / "dataset.json").write_text(json.dumps({**dataset, "tokenizers": tokenizers}), encoding="utf-8")
    (folder / "counts.json").write_text(json.dumps(counts), encoding="utf-8")


def measure(folder: Path, steps: int) -> None:
    """Trains on the dataset, and prints seconds and the anonymous memory at each point."""
    import keras

    from embeddings.train import main as train_vectors
    from pipelines.runs.config import Run, load_settings
    from pipelines.training.experiment import learn, set_up

    started, places = time.perf_counter(), {}

    def note(what: str) -> None:
        places[what] = time.perf_counter()
        print(f"{places[what] - started:8.1f} s {anonymous_megabytes():8.0f} MB  {what}", flush=True)

    note("Keras is imported")
    vectors = folder / "random"
    if not vectors.exists():
        others = ["--metrics", str(folder / "vectors.json"), "--cost", str(folder / "cost.json")]
        train_vectors(["--config", str(CONFIGS / "vectors/random.yaml"), "--output", str(vectors), *others])
    run = Run("sentiment", "large", "bigru", "gru", "random", "random", 1, report_test=False, set={})
    config, cell = load_settings(run, CONFIGS, "large")
    experiment = set_up(run, config, cell, folder, {"tokens": vectors, "target_tokens": vectors})
    note(f"{len(experiment.splits['train']):,} sentences are checked, the model is built")

    def step(number: int, logs: Any) -> None:
        if number in (0, 20):
            note(f"step {number + 1}")
        if number == steps:
            raise StepsDoneError

    try:
        learn(experiment, folder / "history.csv", [keras.callbacks.LambdaCallback(on_train_batch_end=step)])
    except StepsDoneError:
        note(f"step {steps + 1}")
    rate = (steps - 20) * config.training.batch_size / (places[f"step {steps + 1}"] - places["step 21"])
    print(f"{rate:.0f} sentences a second")


def anonymous_megabytes() -> float:
    """Memory of this process that no file stands behind."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
