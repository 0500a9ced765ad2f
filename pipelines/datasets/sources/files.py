"""Datasets that are files: below the data root, downloaded by URL, or packaged with gensim."""

import inspect
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, field, make_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from embeddings.foundation.files import verified
from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig, DatasetFile

ROOT_VARIABLE = "ELMAN_DATA"
_PACKAGED = "gensim:"


def read(config: DatasetConfig, folder: Path) -> Mapping[str, Iterator[Example]]:
    """Reads every split of a dataset, streaming; nothing is written to `folder`.

    Raises:
        InputError: a file is neither here nor to be had by URL, or its checksum is another.
    """
    return read_splits(config, {split: [locate(file) for file in files] for split, files in config.files.items()})


def read_splits(config: DatasetConfig, paths: Mapping[str, Sequence[Path]]) -> Mapping[str, Iterator[Example]]:
    """Reads files that are already here through the config's reader and its options: split -> examples."""
    reader = plugins.load("pipelines.datasets.readers", config.reader)
    options = reader_options(config.reader, reader.read, config.options)
    return {split: reader.read(files, **options) for split, files in paths.items()}


def reader_options(name: str, read: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Checks a reader's options against its keyword arguments: their names, their types, and that none is missing."""
    fields = []
    for parameter in list(inspect.signature(read).parameters.values())[1:]:
        kind = parameter.annotation
        if get_origin(kind) is Sequence:  # which a string is as well
            kind = tuple[get_args(kind)[0], ...]
        default = MISSING if parameter.default is parameter.empty else parameter.default
        fields.append((parameter.name, kind, field(default=default)))
    fields.sort(key=lambda of: of[2].default is not MISSING)  # a dataclass's fields without a default come first
    return vars(build_config(make_dataclass("Options", fields), options, f"reader {name}"))


def locate(file: DatasetFile) -> Path:
    """Finds a file and verifies its checksum.

    A path `gensim:NAME` is a file that gensim's package carries. Any other is looked for below the folder
    that the environment variable ELMAN_DATA names; if it is not there, the file is downloaded into the
    user's cache, once.
    """
    if file.path.startswith(_PACKAGED):
        from gensim.test.utils import datapath

        return with_text(Path(datapath(file.path.removeprefix(_PACKAGED))), file.sha256)
    root = os.environ.get(ROOT_VARIABLE)
    if root and (Path(root) / file.path).exists():
        return with_text(Path(root) / file.path, file.sha256)
    if not file.url:
        where = f"{Path(root) / file.path}: no such file" if root else f"{file.path}: {ROOT_VARIABLE} is not set"
        raise InputError(f"{where}; set {ROOT_VARIABLE} to a folder that holds it, or give it a url and a sha256")
    return download(file)


def download(file: DatasetFile) -> Path:
    """Downloads a file into the user's cache, unless it is there, and verifies it.

    Raises:
        InputError: no checksum is given, the download fails, or its checksum is another.
    """
    import pooch

    sha256 = file.url_sha256 or file.sha256
    if not sha256:
        raise InputError(f"{file.url}: expected a sha256 beside the url; nothing is downloaded without one")
    name = f"{sha256[:16]}-{file.url.rpartition('/')[2]}"
    try:
        return Path(pooch.retrieve(file.url, f"sha256:{sha256}", fname=name, path=pooch.os_cache("elman")))
    except (OSError, ValueError) as error:  # the network's errors are OSErrors, a wrong checksum is a ValueError
        advice = f"put the file at {file.path} below a folder and set {ROOT_VARIABLE} to that"
        raise InputError(f"{file.url}: cannot be downloaded: {error}; {advice}") from None


def with_text(path: Path, sha256: str) -> Path:
    """Returns the path if the file holds something, and its checksum is the one given (or none is).

    Raises:
        InputError: the file is missing or empty, or its checksum is another.
    """
    if path.is_file() and not path.stat().st_size:
        raise InputError(f"{path}:1: expected text, got an empty file; write or download it again")
    verified(path, sha256)
    return path
