"""Labelled text in a table: a line a text, its columns named by the first line, between commas or tabs."""

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import numbered_lines


def read(
    paths: Sequence[Path], text: str = "text", label: str = "label", separator: str = ",", quotes: bool = True
) -> Iterator[Example]:
    """Reads labelled texts, streaming.

    Args:
        paths: the files, one after another, each with a first line of names.
        text: name of the column of texts.
        label: name of the column of labels.
        separator: the character between columns.
        quotes: whether a text between quotation marks may hold separators and line ends; else such marks are text.

    Raises:
        InputError: a column is missing or there twice, or a line has no label, or more or fewer columns than the first.
    """
    if len(separator) != 1 or separator in '\n\r"':
        raise InputError(f"csv_table: expected a separator of one character, got {separator!r}")
    csv.field_size_limit(sys.maxsize)  # a text may be longer than 131,072 characters
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    for path in paths:
        lines = (f"{line}\n" for _, line in numbered_lines(path))
        table = csv.reader(lines, delimiter=separator, quoting=quoting, strict=True)
        try:
            names = next(table, [])
            for name in (text, label):
                if name not in names:
                    raise InputError(f"{path}:1: expected a column {name!r}, got none{nearest(name, names)}")
                if names.count(name) > 1:
                    advice = "give them different names"
                    raise InputError(f"{path}:1: expected one column {name!r}, got {names.count(name)}; {advice}")
            for row in table:
                if not "".join(row).strip():
                    continue
                if len(row) != len(names):
                    raise InputError(f"{path}:{table.line_num}: expected {len(names)} columns, got {len(row)}")
                values = dict(zip(names, row, strict=True))
                if not values[label].strip():
                    raise InputError(f"{path}:{table.line_num}: expected a {label}, got none")
                yield Example(f"{path}:{table.line_num}", values[text], (), label=values[label].strip())
        except csv.Error as error:
            advice = "; `quotes: false` reads quotation marks as text" if quotes else ""
            raise InputError(f"{path}:{max(1, table.line_num)}: expected a table: {error}{advice}") from None
