"""Folders in the layouts of Hugging Face's datasets: files named by split, or what `save_to_disk` writes.

A file is of a split if a word of its name, or of that of a folder above it, is the split's name:
`data/train-00000-of-00002.parquet`, `validation.csv`, `test/0.jsonl`, `train/data-00000-of-00001.arrow`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.errors import InputError
from embeddings.foundation.reading import COMPRESSED
from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.fields import FieldOptions
from pipelines.datasets.readers import csv_table, json_lines, parquet
from pipelines.datasets.sources.files import DatasetFile, locate

_FORMATS = {".parquet": "parquet", ".arrow": "parquet", ".jsonl": "json_lines", ".json": "json_lines"}
_ABOUT = ("dataset_dict.json", "dataset_info.json", "dataset_infos.json", "state.json")
NAMES = {  # our split -> its names in such a folder
    "train": ("train", "training"),
    "dev": ("validation", "valid", "val", "dev"),
    "test": ("test",),
}
_SEPARATORS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True, kw_only=True)
class Source(FieldOptions, DatasetConfig):
    """A folder, with the columns that become fields of an example."""

    source: str = "dataset_folder"
    folder: str  # relative to $ELMAN_DATA
    splits: dict[str, str]  # our split -> its name in the folder, such as `dev: validation`
    sha256: str = ""  # of all files of the folder, verified where given

    def __post_init__(self) -> None:
        FieldOptions.__post_init__(self)
        DatasetConfig.__post_init__(self)

    def origins(self) -> Mapping[str, str]:
        return {split: f"{self.folder}: {name}" for split, name in self.splits.items()}

    def read(self, folder: Path) -> Mapping[str, Iterator[Example]]:
        """Finds and verifies the folder, and reads the splits, streaming; nothing is written to `folder`.

        Raises:
            InputError: there is no such folder, its checksum is another, or a split has no files of one format.
        """
        found = locate(DatasetFile(self.folder, self.sha256))
        if not found.is_dir():
            raise InputError(f"{found}: expected a folder, got a file; `source: files` reads it")
        files = files_of_splits(found, list(self.splits.values()))
        return {split: self._examples(files[name]) for split, name in self.splits.items()}

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """The examples of the files of a split."""
        options = {name: getattr(self, name) for name in FieldOptions.__dataclass_fields__}
        suffix = _suffix(paths[0])
        if suffix in _SEPARATORS:
            table = csv_table.Reader(separator=_SEPARATORS[suffix])
            wanted = list(dict.fromkeys(self.fields.values()))
            return self.examples(row for path in paths for row in table.rows(path, wanted))
        readers = {"parquet": parquet.Reader, "json_lines": json_lines.Reader}
        return readers[_FORMATS[suffix]](**options).read(paths)


def files_of_splits(folder: Path, names: Sequence[str]) -> dict[str, list[Path]]:
    """The files of each split, in the order of their names.

    Raises:
        InputError: a split has none, or of several formats, or shares one with another split.
    """
    data = _data_files(folder)
    found: dict[str, list[Path]] = {}
    owners: dict[Path, str] = {}
    for name in names:
        found[name] = [path for path in data if name.lower() in _parts(path.relative_to(folder))]
        if not found[name]:
            there = ", ".join(str(path.relative_to(folder)) for path in data[:10]) or "none"
            raise InputError(
                f"{folder}: expected files of the split {name!r} (Parquet, Arrow, JSON Lines, CSV), got {there}"
            )
        if len({_suffix(path) for path in found[name]}) > 1:
            formats = ", ".join(sorted({_suffix(path) for path in found[name]}))
            raise InputError(f"{folder}: expected files of one format in the split {name!r}, got {formats}")
        for path in found[name]:
            if owners.setdefault(path, name) != name:
                told = f"expected a file of one split, got one of {owners[path]!r} and {name!r}"
                raise InputError(f"{path}: {told}; rename it, or list the files under `source: files`")
    return found


def splits_of(folder: Path) -> dict[str, list[Path]]:
    """The files of each of our splits that a folder has, under whatever name; none where it is of another layout.

    Raises:
        InputError: as `files_of_splits` does.
    """
    words = {word for path in _data_files(folder) for word in _parts(path.relative_to(folder))}
    named = {split: name for split, names in NAMES.items() if (name := next((n for n in names if n in words), ""))}
    found = files_of_splits(folder, list(named.values()))
    return {split: found[name] for split, name in named.items()}


def _data_files(folder: Path) -> list[Path]:
    known = (path for path in sorted(folder.rglob("*")) if _suffix(path) in (*_FORMATS, *_SEPARATORS))
    data = (path for path in known if path.name not in _ABOUT and not path.name.startswith("cache-"))
    return [path for path in data if path.is_file()]


def _parts(path: Path) -> set[str]:
    """The words of a path that may name a split."""
    return {word for part in path.parts for word in re.split(r"[^a-z0-9]+", part.lower())}


def _suffix(path: Path) -> str:
    """How the name of a file ends, without that of an archive."""
    return Path(path.stem).suffix if path.suffix in COMPRESSED else path.suffix
