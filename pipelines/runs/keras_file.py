"""The Keras model of a run folder, checked before Keras reads it."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import DESCRIPTION_BYTES, MODEL_BYTES, check_limit
from embeddings.foundation.reading import decode, open_file

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
MEMBERS = {CONFIG, METADATA, WEIGHTS}
COPY, TRAIN = "copy the run folder again", "train the run again"  # advice
SIZES = ("units", "filters", "dimensions", "input_dim", "output_dim", "trained_size", "frozen_size", "width")


def check_keras_file(path: Path) -> None:
    """Refuses an archive that is no whole model as training writes it.

    Its members are those of a model, not compressed, and the bytes that they say; weights are in the file itself, as
    many as their shapes say, and numbers; no layer is declared larger than its weights.

    Raises:
        InputError: it is something else.
    """
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            check_limit(path, "bytes", MODEL_BYTES, path.stat().st_size)
            _check_members(path, archive)
            with archive.open(WEIGHTS) as weights:
                largest = _check_weights(f"{path}: {WEIGHTS}", weights)
            _check_sizes(path, archive.read(CONFIG), largest)
    except FileNotFoundError:
        raise InputError(f"{path}: expected a whole model, got none; {COPY}") from None
    except InputError:
        raise
    except Exception as error:  # zipfile and h5py raise whatever they stumble over
        said = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: expected a whole model, got {said}; {COPY}") from None


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    names = sorted(archive.namelist())
    if names != sorted(MEMBERS):
        got = ", ".join(repr(name[:60]) for name in names[:5]) or "none"
        raise InputError(f"{path}: expected the members {', '.join(sorted(MEMBERS))}, got {got}; {COPY}")
    for member in archive.infolist():
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
            raise InputError(f"{path}: {member.filename}: expected a member that is not compressed; {TRAIN}")
    check_limit(f"{path}: {CONFIG}", "bytes", DESCRIPTION_BYTES, archive.getinfo(CONFIG).file_size)
    if damaged := archive.testzip():
        raise InputError(f"{path}: {damaged}: expected a whole member, got a damaged one; {COPY}")


def _check_weights(where: str, weights: Any) -> int:
    """Checks the file of the weights; returns their largest dimension."""
    import h5py
    import numpy as np

    largest = 0
    with h5py.File(weights, "r") as file:
        for name, array in _arrays(where, file):
            kept = array.id.get_create_plist().get_layout() in (h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT)
            if not kept or array.external or array.dtype.kind not in "fiub":
                raise InputError(f"{where}: {name}: expected plain numbers within the file; {TRAIN}")
            if array.size and array.id.get_storage_size() != array.size * array.dtype.itemsize:
                raise InputError(f"{where}: {name}: expected as many numbers as its shape says; {COPY}")
            if array.dtype.kind == "f" and np.isnan(array[()]).any():
                raise InputError(
                    f"{where}: {name}: expected numbers, got NaN; the training has diverged, train it again"
                )
            largest = max(largest, *array.shape, 0)
    return largest


def _arrays(where: str, group: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every array below a group; links that lead elsewhere are refused."""
    import h5py

    for name in group:
        inside = f"{place}/{name}"
        if not isinstance(group.get(name, getlink=True), h5py.HardLink) or inside.count("/") > 50:
            raise InputError(f"{where}: {inside[:200]}: expected weights, got a link; {TRAIN}")
        found = group[name]
        if isinstance(found, h5py.Group):
            yield from _arrays(where, found, inside)
        else:
            yield inside, found


def _check_sizes(path: Path, config: bytes, largest: int) -> None:
    remaining = [decode(config, msgspec.json.Decoder(dict[str, Any]), f"{path}: {CONFIG}")]
    while remaining:
        value: Any = remaining.pop()
        if isinstance(value, list):
            remaining += value
        elif isinstance(value, dict):
            remaining += value.values()
            for name in SIZES:
                if isinstance(size := value.get(name, 0), int | float) and size > largest:
                    raise InputError(
                        f"{path}: {CONFIG}: expected {name} of at most {largest}, as the weights have, got {size}; "
                        f"{COPY}"
                    )
