"""Encoded examples in a file, so that a training set need not fit into memory."""

import tempfile
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import numpy as np

from pipelines.batches.batching import Encoded
from pipelines.data.computed import Computed


def encoded_file(encoded: Iterable[Encoded], folder: Path) -> Computed[Encoded]:
    """Writes the ids of sources and targets into temporary files, and maps them into memory.

    Args:
        encoded: examples without `tokens`, streaming.
        folder: where the files are; they have no names, and end with the process.

    Returns:
        The same examples; sources and targets are int32 (time,).
    """
    source_ends, target_ends = array("q", [0]), array("q", [0])
    with tempfile.TemporaryFile(dir=folder) as sources, tempfile.TemporaryFile(dir=folder) as targets:
        for example in encoded:
            for file, ends, ids in (
                (sources, source_ends, example.source),
                (targets, target_ends, example.target),
            ):
                file.write(np.asarray(ids, "int32").tobytes())
                ends.append(ends[-1] + len(ids))
        source_ids, target_ids = _mapped(sources), _mapped(targets)

    def read(place: int) -> Encoded:
        return Encoded(
            source_ids[source_ends[place] : source_ends[place + 1]],
            target=target_ids[target_ends[place] : target_ends[place + 1]],
        )

    return Computed(len(source_ends) - 1, read)


def _mapped(file: IO[bytes]) -> np.ndarray:
    file.flush()
    return np.asarray(np.memmap(file, "int32", "r")) if file.tell() else np.zeros(0, "int32")
