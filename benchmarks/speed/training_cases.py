"""What is trained: four tasks as people train them, on real data where it is at hand, else on texts as long as those.

What is made up can be learned: words follow Zipf's law, and their labels, tags and translations follow from them.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.cases import LENGTH_DECILES
from embeddings.train import main as train_vectors
from pipelines.data.examples import Example, read_examples, write_examples
from pipelines.models.config import EncoderConfig
from pipelines.prepare import main as prepare
from pipelines.runs.config import Run, load_settings
from pipelines.tasks.config import TaskConfig

CONFIGS = Path("benchmarks/configs")
DIMENSIONS = 100  # of word vectors, drawn anew in every implementation
DECILES = {
    **LENGTH_DECILES,
    "ewt": (1, 3, 6, 9, 11, 14, 17, 20, 25, 32, 159),  # tokens of English-EWT's train
    "short": (4, 7, 9, 10, 11, 12, 13, 14, 15, 17, 21),
}
DEV = 500  # examples at most
ENTITIES = ("PER", "LOC", "ORG")
TAGS = 17  # as universal parts of speech


@dataclass(frozen=True)
class TrainingCase:
    """A configuration of a task, and what it is trained on."""

    name: str  # key of `DECILES`
    task: str  # of benchmarks/configs/tasks
    cell: str  # of benchmarks/configs/cells
    layer: str  # the cell's module
    words: int  # distinct ones of made-up texts
    examples: int  # of train, at most
    epochs: int  # that the score of dev is looked at after
    dataset: str | None = None  # of benchmarks/configs/datasets: the real data

    def settings(self) -> tuple[Run, TaskConfig, EncoderConfig]:
        """The run, its task and its encoder, with as many epochs as here."""
        training = {"epochs": self.epochs, "patience": self.epochs}
        run = Run(self.task, self.name, self.cell, self.layer, "random", "random", 1, False, {"training": training})
        return run, *load_settings(run, CONFIGS, self.name)

    def as_row(self) -> dict[str, Any]:
        """The case as the first columns of a result."""
        return {key: value for key, value in asdict(self).items() if key in ("name", "task", "cell")}


CASES = (
    TrainingCase("short", "ner", "bilstm", "lstm", 4000, 6000, 3),
    TrainingCase("ewt", "pos_tagging_ewt", "bilstm_2x160", "lstm", 17_000, 2000, 2, "ewt_pos"),
    TrainingCase("multi30k", "translation_multi30k", "bigru_256", "gru", 6000, 4000, 2, "multi30k_de_en"),
    TrainingCase("imdb", "sentiment_imdb", "bilstm_128", "lstm", 60_000, 1200, 2, "imdb"),
)


def made(case: TrainingCase, folder: Path) -> str:
    """Puts the prepared dataset `folder/data` and the vectors `folder/random` there; gives what the data is.

    Whole real datasets are next to it in `prepared`, where they are used again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    real = case.dataset if case.dataset and "ELMAN_DATA" in os.environ else None
    if not (folder / "data").exists():
        if real:
            whole = folder.parent / "prepared" / real
            whole.parent.mkdir(exist_ok=True)
            if not whole.exists():
                prepare(["--dataset", str(CONFIGS / f"datasets/{real}.yaml"), "--output", str(whole)])
            cut(whole, folder / "data", case.examples)
        else:
            make_up(case, folder / "data")
    if not (folder / "random").exists():
        config = folder / "random.yaml"
        config.write_text(f"algorithm: random\ndimensions: {DIMENSIONS}\nseed: 1\n", encoding="utf-8")
        others = ["--metrics", str(folder / "vectors.json"), "--cost", str(folder / "cost.json")]
        train_vectors(["--config", str(config), "--output", str(folder / "random"), *others])
    return real or "made up"


def cut(whole: Path, folder: Path, examples: int) -> None:
    """Copies the first examples of a prepared dataset, with the counts of all of it: tables stay as large."""
    folder.mkdir()
    for split, count in (("train", examples), ("dev", DEV)):
        write_examples(folder / f"{split}.jsonl", islice(read_examples(whole / f"{split}.jsonl"), count))
    for path in whole.iterdir():
        if path.is_file() and path.suffix != ".jsonl" and not path.name.startswith("report"):
            (folder / path.name).write_bytes(path.read_bytes())


def make_up(case: TrainingCase, folder: Path) -> None:
    """Writes a dataset of random texts as the stage `prepare` does."""
    folder.mkdir()
    texts = Texts(case)
    counts: dict[str, Counter[str]] = {key: Counter() for key in ("tokens", "labels", "tags", "target_tokens")}

    def counted(examples: Iterator[Example]) -> Iterator[Example]:
        for example in examples:
            counts["tokens"].update(example.tokens)
            counts["labels"].update([example.label] if example.label else [])
            counts["tags"].update(example.tags or ())
            counts["target_tokens"].update(example.target_tokens or ())
            yield example

    write_examples(folder / "train.jsonl", counted(texts.examples("train", case.examples)))
    write_examples(folder / "dev.jsonl", texts.examples("dev", DEV))
    tokenizers = {"tokens": "words", "target_tokens": "words" if counts["target_tokens"] else None}
    dataset = {"name": case.name, "language": "en", "target_language": "en", "tokenizers": tokenizers}
    (folder / "dataset.json").write_text(json.dumps(dataset), encoding="utf-8")
    (folder / "counts.json").write_text(json.dumps(counts), encoding="utf-8")


class Texts:
    """Random texts of a case, and what they are labelled with."""

    def __init__(self, case: TrainingCase) -> None:
        self.case, self.random = case, np.random.default_rng(1)
        shares = 1 / np.arange(1, case.words + 1)
        self.cumulative = (shares / shares.sum()).cumsum()

    def examples(self, split: str, count: int) -> Iterator[Example]:
        """So many examples of a split."""
        deciles = DECILES[self.case.name]
        lengths = np.maximum(1, np.interp(self.random.uniform(0, 10, count), range(11), deciles).astype(int))
        for number, length in enumerate(lengths):
            ids = np.minimum(self.cumulative.searchsorted(self.random.random(length)), self.case.words - 1)
            tokens = tuple(f"w{word}" for word in ids)
            yield Example(f"{split}-{number}", " ".join(tokens), tokens, **self._learned(ids))

    def _learned(self, ids: np.ndarray) -> dict[str, Any]:
        if self.case.name == "imdb":  # whether words of odd numbers are more than usual
            return {"label": "good" if (ids % 2).mean() > 0.4 else "bad"}
        if self.case.name == "multi30k":
            target = tuple(f"t{word}" for word in ids)
            return {"target_text": " ".join(target), "target_tokens": target}
        if self.case.name == "ewt":  # the tag of a word, or another one behind some words
            follows = np.concatenate([[0], ids[:-1]]) % 5 == 0
            return {"tags": tuple(f"T{tag}" for tag in (ids + follows) % TAGS)}
        tags: list[str] = []
        for word in ids % 20:
            inside = bool(tags) and tags[-1] != "O"
            tags.append(f"B-{ENTITIES[word]}" if word < 3 else f"I-{tags[-1][2:]}" if word < 6 and inside else "O")
        return {"tags": tuple(tags)}


def import_seconds(environment: dict[str, str], start: Any) -> float:
    """Seconds of a process that imports Keras alone."""
    begin = start()
    subprocess.run([sys.executable, "-c", "import keras"], env={**os.environ, **environment}, check=True)
    return start() - begin
