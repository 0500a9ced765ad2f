"""Labelled text in a table: a line a text, its columns named by the first line, between commas or tabs."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from embeddings.config import nearest
from embeddings.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import numbered_lines


def read(paths: Sequence[Path], text: str = "text", label: str = "label", separator: str = ",") -> Iterator[Example]:
    """Reads labelled texts, streaming. A text between quotation marks may hold separators and line ends.

    Args:
        paths: the files, one after another, each with a first line of names.
        text: name of the column of texts.
        label: name of the column of labels.
        separator: what stands between columns.

    Raises:
        InputError: a column is missing, or a line has another number of columns than the first, or no label.
    """
    for path in paths:
        table = csv.reader((f"{line}\n" for _, line in numbered_lines(path)), delimiter=separator, strict=True)
        try:
            names = next(table, [])
            for name in (text, label):
                if name not in names:
                    raise InputError(f"{path}:1: expected a column {name!r}{nearest(name, names)}, got {names}")
            for row in table:
                if not row:
                    continue
                if len(row) != len(names):
                    raise InputError(f"{path}:{table.line_num}: expected {len(names)} columns, got {len(row)}")
                values = dict(zip(names, row, strict=True))
                if not values[label].strip():
                    raise InputError(f"{path}:{table.line_num}: expected a {label}, got none")
                yield Example(f"{path}:{table.line_num}", values[text], (), label=values[label].strip())
        except csv.Error as error:
            raise InputError(f"{path}:{table.line_num}: expected a table: {error}") from None
