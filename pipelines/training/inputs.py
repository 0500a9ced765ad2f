"""The files that a training reads. Those of test are not among them."""

from collections.abc import Iterable
from pathlib import Path

DATASET = ("train.jsonl", "train.npy", "dev.jsonl", "dev.npy", "counts.json", "dataset.json")


def inputs(data: Path, vectors: Iterable[Path]) -> list[Path]:
    """The files of a prepared dataset and of word vectors that a training reads; a dataset need not have all of its."""
    return [
        *(data / name for name in DATASET),
        *(path for folder in sorted(vectors) for path in sorted(folder.iterdir())),
    ]
