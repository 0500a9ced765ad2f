"""Corpora of many files, each read by itself: here, or on the nodes of a cluster (`elman prepare --address`)."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.shards import Shard, find_shards, guarded, is_url, local_copy
from pipelines.datasets.sources.files import ROOT_VARIABLE, ReaderConfig


@dataclass(frozen=True, kw_only=True)
class Source(ReaderConfig):
    """Shards, and the reader of their format."""

    source: str = "shards"
    # Split -> folders, patterns such as `reviews/train-*.jsonl.gz`, or files, below $ELMAN_DATA, else relative to here;
    # or URLs of them.
    shards: dict[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.file_reader().files_a_split() not in (None, 1):
            raise InputError(f"reader {self.reader} reads several files at once; expected one of single files")
        if self.continuous:
            raise InputError("`continuous` makes one text of a split, which is read whole; choose `source: files`")
        for split, places in self.shards.items():
            if not places:
                raise InputError(f"split {split!r}: expected a folder, a pattern or files, got none")

    def origins(self) -> Mapping[str, str]:
        return {split: ", ".join(places) for split, places in self.shards.items()}

    def found(self) -> dict[str, list[Shard]]:
        """The shards of each split.

        Raises:
            InputError: a split has none, or cannot be reached.
        """
        return {split: find_shards([_located(place) for place in places]) for split, places in self.shards.items()}

    def read(self, folder: Path) -> Mapping[str, Iterator[Example]]:
        """Reads every split, one shard after another, streaming; nothing is written to `folder`."""
        return {
            split: (example for shard in shards for example in self.read_shard(shard))
            for split, shards in self.found().items()
        }

    def read_shard(self, shard: Shard) -> Iterator[Example]:
        """Reads a shard, streaming."""
        with local_copy(shard) as path:
            yield from self.file_reader().read([path])


def _located(place: str) -> str:
    """A place below the data root, where it is there, else from here."""
    root = os.environ.get(ROOT_VARIABLE)
    if is_url(place) or not root or Path(place).is_absolute():
        return place
    below = Path(root) / place
    there = below.exists() or guarded(place, lambda: next(Path(root).glob(place), None))
    return str(below) if there else place
