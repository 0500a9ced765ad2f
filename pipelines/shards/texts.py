"""The texts of a shard, each with its id: JSON Lines, tables of Parquet or Arrow, or a text on each line."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from embeddings.foundation.errors import InputError
from embeddings.foundation.reading import COMPRESSED
from pipelines.data.lines import json_objects, numbered_lines
from pipelines.datasets.fields import value_under
from pipelines.datasets.readers.parquet import SUFFIXES as TABLES
from pipelines.datasets.readers.parquet import opened_table

OBJECTS, LINES = (".jsonl", ".ndjson"), (".txt",)
ID = "id"  # key of the ids, where there are any


def form(name: str) -> str:
    """How a shard is read, told by its name: its ending, without that of a compressed file.

    Raises:
        InputError: it has another one.
    """
    path = PurePosixPath(name)
    packed = path.suffix in COMPRESSED
    ending = (path.with_suffix("") if packed else path).suffix
    if ending not in (*OBJECTS, *LINES, *(() if packed else TABLES)):
        known, got = ", ".join((*OBJECTS, *TABLES, *LINES)), path.suffix or "none of them"
        raise InputError(f"{name}: expected a name that ends in {known}, got {got}; rename it")
    return ending


def texts(path: Path, name: str, key: str) -> Iterator[tuple[str | int, str]]:
    """The texts of a shard, streaming, each with its id: that of its row, or else `NAME:NUMBER` of its row or line.

    Args:
        path: where it is.
        name: of the shard.
        key: of the text, in rows with keys.

    Raises:
        InputError: the shard is damaged, or a row has no text.
    """
    ending = form(name)
    if ending in LINES:
        for number, line in numbered_lines(path):
            yield f"{name}:{number}", line
    elif ending in TABLES:
        with opened_table(path, [key], [ID]) as (_, rows):
            for where, row in rows:
                yield _text(row, key, where, name)
    else:
        for number, row in json_objects(numbered_lines(path), path):
            yield _text(row, key, f"{path}:{number}", name)


def _text(row: dict[str, Any], key: str, where: str, name: str) -> tuple[str | int, str]:
    text = value_under(key, row, where)
    if not isinstance(text, str):
        got = f"{type(text).__name__} {str(text)[:40]!r}"
        raise InputError(f"{where}: expected a text under {key!r}, got {got}; name another key with --key")
    given = row.get(ID)
    if isinstance(given, bool) or not isinstance(given, str | int | None):
        raise InputError(f"{where}: expected a text or a whole number under {ID!r}, got {type(given).__name__}")
    return f"{name}:{where.rpartition(':')[2]}" if given is None else given, text
