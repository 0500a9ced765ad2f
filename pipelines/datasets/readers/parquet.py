"""Tables of Apache Parquet, and of Arrow as `save_to_disk` of Hugging Face writes them: columns mapped to fields.

Where a file has the names of classes, as those of Hugging Face do, numbers become names.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import PARSED_BYTES, check_limit
from embeddings.foundation.reading import open_file
from pipelines.data.examples import Example
from pipelines.datasets.fields import FieldOptions, column_of, recognise_fields
from pipelines.datasets.readers import FileReader
from pipelines.datasets.recognition import SAMPLE_LINES, Recognition, Sample, Wanted

SUFFIXES = (".parquet", ".arrow")
_ROWS = 1_000  # read at a time


@dataclass(frozen=True)
class Reader(FieldOptions, FileReader):
    """Examples."""

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads examples, streaming; errors name the row, from 1.

        Raises:
            InputError: a file that is none of these, a column that is missing, or a value of another kind.
        """
        for path in paths:
            with opened_table(path, [*self.fields.values()]) as (schema, rows):
                yield from self.examples(rows, class_names(schema.metadata or {}))

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        path = samples[0].path
        if path.suffix not in SUFFIXES:
            return None
        with open_file(path) as file:
            names = _guarded(lambda: _opened(file, ())[0].names, path, 1)
            file.seek(0)
            schema, batches = _guarded(lambda: _opened(file, names), path, 1)
            rows = list(islice(_rows(batches, names, path), SAMPLE_LINES))
        classes = class_names(schema.metadata or {})
        return recognise_fields(rows, wanted, "a table of Parquet or Arrow", classes) if rows else None


@contextmanager
def opened_table(
    path: Path, keys: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[tuple[Any, Iterator[tuple[str, dict[str, Any]]]]]:
    """The schema of a file, and its rows, each with its place, of the columns that keys are of.

    Args:
        path: of the file.
        keys: of columns; `a.b` is of the column `a`, where none is named so itself.
        optional: further columns, where they are there.

    Raises:
        InputError: it is no such file, or a column is missing.
    """
    try:
        with open_file(path) as file:
            names = _guarded(lambda: _opened(file, ())[0].names, path, 1)
            file.seek(0)
            wanted = [*(column_of(key, names) for key in keys), *(name for name in optional if name in names)]
            wanted = list(dict.fromkeys(wanted))
            schema, batches = _guarded(lambda: _opened(file, wanted), path, 1)
            for name in wanted:
                if name not in schema.names:
                    told = f"expected a column {name[:60]!r}, got none{nearest(name, schema.names)}"
                    raise InputError(f"{path}:1: {told}")
            yield schema, _rows(batches, wanted, path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None


def _opened(file: BinaryIO, wanted: Sequence[str]) -> tuple[Any, Iterator[Any]]:
    """The schema of an open file, and its batches with the columns that are wanted."""
    from pyarrow import ipc, parquet

    mark = file.read(6)
    file.seek(0)
    if mark.startswith(b"ARROW1"):
        table = ipc.open_file(file)
        return table.schema, (table.get_batch(number) for number in range(table.num_record_batches))
    if mark.startswith(b"\xff\xff\xff\xff"):
        stream = ipc.open_stream(file)
        return stream.schema, iter(stream)
    table = parquet.ParquetFile(file, pre_buffer=False)
    return table.schema_arrow, table.iter_batches(batch_size=_ROWS, columns=list(wanted), use_threads=False)


def _rows(batches: Iterator[Any], wanted: Sequence[str], path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of batches, each with its place."""
    number = 0
    while (batch := _guarded(lambda: next(batches, None), path, number + 1)) is not None:
        for start in range(0, batch.num_rows, _ROWS):
            part = batch.slice(start, _ROWS).select(wanted)
            check_limit(f"{path}:{number + 1}", f"bytes in {_ROWS:,} rows", PARSED_BYTES, part.nbytes)
            for row in _guarded(part.to_pylist, path, number + 1):
                number += 1
                yield f"{path}:{number}", row


def _guarded(action: Any, path: Path, row: int) -> Any:
    """What an action on a file gives; an error of Arrow is one line."""
    from pyarrow import ArrowException

    try:
        return action()
    except (ArrowException, OSError, OverflowError, ValueError) as error:  # also of text that is not UTF-8
        told = " ".join(str(error).split())[:200]
        advice = "copy or write the file again"
        raise InputError(f"{path}:{row}: expected Parquet or Arrow, got an error: {told}; {advice}") from None


def class_names(metadata: Mapping[bytes, bytes]) -> dict[str, tuple[str, ...]]:
    """The names of classes that Hugging Face's datasets write beside a table, by column."""
    try:
        features = json.loads(metadata.get(b"huggingface", b"{}"))["info"]["features"]
        return {column: names for column, feature in features.items() if (names := _names(feature))}
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):  # none, or another form of them
        return {}


def _names(feature: Any) -> tuple[str, ...]:
    """The names of a class, or of the classes of a list."""
    while isinstance(feature, dict) and isinstance(feature.get("feature"), dict):
        feature = feature["feature"]
    if not isinstance(feature, dict) or feature.get("_type") != "ClassLabel":
        return ()
    names = feature.get("names")
    return tuple(names) if isinstance(names, list) and all(isinstance(name, str) for name in names) else ()
