"""Datasets that are files: below the data root, downloaded by URL, or packaged with gensim."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from embeddings.foundation.files import checksum, verified
from pipelines.data.examples import Example
from pipelines.data.tag_notation import TagNotation
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.readers import FileReader

ROOT_VARIABLE = "ELMAN_DATA"
_PACKAGED = "gensim:"


@dataclass(frozen=True)
class DatasetFile:
    """One file of a dataset: a path below the data root, and where to download it from if it is not there."""

    path: (
        str  # below $ELMAN_DATA, else relative to here; `gensim:NAME` is one of gensim's package; of brat also a folder
    )
    sha256: str = ""  # verified where given
    url: str = ""
    url_sha256: str = ""  # of what the url gives, where that is not the same file: compressed, or an earlier form


@dataclass(frozen=True, kw_only=True)
class ReaderConfig(DatasetConfig):
    """The reader of a source of files, whichever way these are named."""

    reader: str  # module of pipelines/datasets/readers
    options: dict[str, Any] = field(default_factory=dict)  # the reader's own

    def file_reader(self) -> FileReader:
        """The reader with its options.

        Raises:
            InputError: there is none of this name, or it has no such option.
        """
        reader = plugins.load("pipelines.datasets.readers", self.reader).Reader
        return build_config(reader, self.options, f"reader {self.reader}")

    def tag_notation(self) -> TagNotation:
        return self.file_reader().tag_notation()

    def sets_apart(self) -> bool:
        return self.file_reader().sets_apart()


@dataclass(frozen=True, kw_only=True)
class Source(ReaderConfig):
    """Files, and the reader of their format."""

    source: str = "files"
    files: dict[str, tuple[DatasetFile, ...]]  # split -> files

    def __post_init__(self) -> None:
        super().__post_init__()
        expected = self.file_reader().files_a_split()
        for split, files in self.files.items():
            if not files or expected not in (None, len(files)):
                wanted = "a file" if expected is None else f"{expected} files for reader {self.reader}"
                raise InputError(f"split {split!r}: expected {wanted}, got {len(files) or 'none'}")

    def origins(self) -> Mapping[str, str]:
        return {split: ", ".join(file.path for file in files) for split, files in self.files.items()}

    def read(self, folder: Path) -> Mapping[str, Iterator[Example]]:
        """Finds and verifies every file, and reads the splits, streaming; nothing is written to `folder`.

        Raises:
            InputError: a file is neither here nor to be had by URL, or its checksum is another.
        """
        return self.read_paths({split: [locate(file) for file in files] for split, files in self.files.items()})

    def read_paths(self, paths: Mapping[str, Sequence[Path]]) -> Mapping[str, Iterator[Example]]:
        """Reads files that are already here, by split."""
        reader = self.file_reader()
        return {split: reader.read(files) for split, files in paths.items()}


def locate(file: DatasetFile) -> Path:
    """Finds a file and verifies its checksum.

    A path `gensim:NAME` is a file that gensim's package carries. Any other is looked for below the folder
    that the environment variable ELMAN_DATA names, and then from here; if it is at neither place, the file is
    downloaded into the user's cache, once.
    """
    if file.path.startswith(_PACKAGED):
        from gensim.test.utils import datapath

        return with_text(Path(datapath(file.path.removeprefix(_PACKAGED))), file.sha256)
    root = os.environ.get(ROOT_VARIABLE)
    for place in [*([Path(root) / file.path] if root else []), Path(file.path)]:
        if place.exists():
            return with_text(place, file.sha256)
    if not file.url:
        where = f"{Path(root) / file.path}: no such file" if root else f"{file.path}: {ROOT_VARIABLE} is not set"
        raise InputError(f"{where}; set {ROOT_VARIABLE} to a folder that holds it, or give it a url and a sha256")
    return download(file)


def data_path(path: Path) -> str:
    """A file as a configuration names it: below $ELMAN_DATA or from here, where it is there, else from the root."""
    root, place = os.environ.get(ROOT_VARIABLE), path.resolve()
    for folder in [*([Path(root)] if root else []), Path()]:
        if place.is_relative_to(folder.resolve()):
            return place.relative_to(folder.resolve()).as_posix()
    return place.as_posix()


def download(file: DatasetFile) -> Path:
    """Downloads a file into the user's cache, unless it is there, and verifies it.

    Raises:
        InputError: no checksum is given, the download fails, or its checksum is another.
    """
    import pooch

    sha256 = file.url_sha256 or file.sha256
    if not sha256:
        raise InputError(f"{file.url}: expected a sha256 with the url; nothing is downloaded without one")
    name = f"{sha256[:16]}-{file.url.rpartition('/')[2]}"
    try:
        return Path(pooch.retrieve(file.url, f"sha256:{sha256}", fname=name, path=pooch.os_cache("elman")))
    except (OSError, ValueError) as error:  # the network's errors are OSErrors, a wrong checksum is a ValueError
        advice = f"put the file at {file.path} below a folder and set {ROOT_VARIABLE} to that"
        raise InputError(f"{file.url}: cannot be downloaded: {error}; {advice}") from None


def with_text(path: Path, sha256: str) -> Path:
    """Returns the path if the file or folder holds something, and its checksum is the one given (or none is).

    Raises:
        InputError: the file is missing or empty, or its checksum is another.
    """
    if path.is_file() and not path.stat().st_size:
        raise InputError(f"{path}:1: expected text, got an empty file; write or download it again")
    if path.is_dir():
        if sha256 and (actual := folder_checksum(path)) != sha256.lower():
            raise InputError(
                f"{path}: expected sha256 {sha256} of its files, got {actual}; they are others, or changed"
            )
    else:
        verified(path, sha256)
    return path


def content_checksum(path: Path) -> str:
    """The SHA-256 of a file, or of a folder's files."""
    return folder_checksum(path) if path.is_dir() else checksum(path)


def folder_checksum(folder: Path) -> str:
    """The SHA-256 of the checksums and names of a folder's files, as `sha256sum` lists them in the order of names."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    listed = sorted((path.relative_to(folder).as_posix(), checksum(path)) for path in files)
    return hashlib.sha256("".join(f"{each}  {name}\n" for name, each in listed).encode("utf-8")).hexdigest()
