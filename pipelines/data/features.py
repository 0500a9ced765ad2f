"""Features of examples, vectors or images, as NumPy files: read memory-mapped, written row by row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from embeddings.foundation.arrays import open_array
from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_path


def open_features(path: Path) -> np.ndarray:
    """Opens a file of features, memory-mapped and read-only: (examples, dimensions) or (examples, height, width).

    There may be no examples, as there may be no lines of text.

    Raises:
        InputError: there is none, it is damaged, or it holds something else than numbers in two or three dimensions.
    """
    try:
        features = open_array(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    if features.dtype.kind not in "fiu" or features.ndim not in (2, 3) or not all(features.shape[1:]):
        expected = "numbers as (examples, dimensions) or (examples, height, width)"
        raise InputError(f"{path}:1: expected {expected}, got {features.dtype} of shape {features.shape}")
    return features


def feature_rows(path: Path, scale: float = 1.0) -> Iterator[np.ndarray]:
    """Yields the features of each example, float32 (dimensions,) or (height, width), streaming.

    Args:
        path: of the file.
        scale: what every number is divided by.

    Raises:
        InputError: as `open_features`; or a number is not finite; the message has the example's number from 1.
    """
    for number, row in enumerate(open_features(path), start=1):
        with np.errstate(over="ignore"):
            features = (row / scale).astype("float32")
        if not np.isfinite(features).all():
            raise InputError(f"{path}:{number}: expected finite numbers, got {features[~np.isfinite(features)][0]}")
        yield features


@contextmanager
def feature_file(path: Path, shape: tuple[int, ...]) -> Iterator[Callable[[np.ndarray], int]]:
    """Writes features of one shape as they come, atomically; yields a function that adds a row and returns its number.

    Raises:
        InputError: a row has another shape.
    """
    count = 0
    with atomic_path(path) as temporary, open(temporary, "wb") as file:

        def write_header() -> None:
            header = {"descr": "<f4", "fortran_order": False, "shape": (count, *shape)}
            np.lib.format.write_array_header_1_0(file, header)

        def add(features: np.ndarray) -> int:
            nonlocal count
            if features.shape != shape:
                raise InputError(f"{path.name}: expected features of one shape, got {shape} and {features.shape}")
            file.write(features.astype("<f4").tobytes())
            count += 1
            return count - 1

        write_header()
        begin = file.tell()
        yield add
        file.seek(0)
        write_header()  # NumPy leaves room for the first axis to grow
        assert file.tell() == begin, "the header's length changed"
