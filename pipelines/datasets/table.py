"""Tables: rows of columns between separators, with the columns' names in the first line or in the configuration."""

import csv
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Sample, Wanted

SEPARATORS = (",", "\t", ";", "|")
SEPARATOR_LINE = re.compile("sep=(.)", re.IGNORECASE)  # a first line that Excel reads and hides


@dataclass(frozen=True, kw_only=True)
class TableReader(TextReader):
    """A reader of tables. A first line `sep=;` names the separator."""

    separator: str = ","  # the character between columns
    quotes: bool = True  # whether a text in quotation marks may hold separators and line ends; else marks are text
    columns: tuple[str, ...] = ()  # the columns' names, where the first line has none

    def __post_init__(self) -> None:
        super().__post_init__()
        checked_separator(self.separator)

    def rows(self, path: Path, wanted: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
        """The rows of a table, each with its place, as values by the names of their columns; blank ones are skipped.

        Args:
            path: of the file.
            wanted: names of the columns that it must have.

        Raises:
            InputError: one of them is missing or there twice, a line has more or fewer columns than there are names,
                or quotation marks are not closed.
        """
        csv.field_size_limit(sys.maxsize)  # a text may be longer than 131,072 characters
        lines = (line for _, line in self.read_lines(path))
        first = next(lines, None)
        named = SEPARATOR_LINE.fullmatch(first or "")
        separator = named[1] if named else self.separator
        kept = lines if named or first is None else chain([first], lines)
        quoting = csv.QUOTE_MINIMAL if self.quotes else csv.QUOTE_NONE
        table = csv.reader((f"{line}\n" for line in kept), delimiter=separator, quoting=quoting, strict=True)
        above = 1 if named else 0  # lines that the table has not seen
        try:
            names = list(self.columns) or next(table, [])
            _check_names(names, wanted, f"{path}:{1 + above}")
            for row in table:
                if not "".join(row).strip():
                    continue
                where = f"{path}:{table.line_num + above}"
                if len(row) != len(names):
                    advice = f"; a text that holds {separator!r} stands in quotation marks" if self.quotes else ""
                    raise InputError(f"{where}: expected {len(names)} columns, got {len(row)}{advice}")
                yield where, dict(zip(names, row, strict=True))
        except csv.Error as error:
            advice = "; `quotes: false` reads quotation marks as text" if self.quotes else ""
            place = f"{path}:{max(1, table.line_num + above)}"
            raise InputError(f"{place}: expected a table: {error}{advice}") from None


def checked_separator(separator: str) -> str:
    """The separator, if a table can have it.

    Raises:
        InputError: it is of several characters, or a character that means something else.
    """
    if len(separator) != 1 or separator in '\n\r"':
        raise InputError(f"expected a separator of one character, got {separator!r}")
    return separator


def _check_names(names: Sequence[str], wanted: Sequence[str], where: str) -> None:
    for name in wanted:
        if name not in names:
            raise InputError(f"{where}: expected a column {name!r}, got none{nearest(name, list(names))}")
        if names.count(name) > 1:
            advice = "give them different names"
            raise InputError(f"{where}: expected one column {name!r}, got {names.count(name)}; {advice}")


def first_rows(sample: Sample, wanted: Wanted) -> tuple[str, list[list[str]]]:
    """The separator of a table and its rows at the beginning of a file, all of as many columns, two or more; else none.

    Raises:
        InputError: the user has given a separator that is none.
    """
    given = wanted.options.get("separator")
    for separator in SEPARATORS if given is None else [checked_separator(given)]:
        if rows := _rows_between(sample, separator, wanted.options.get("quotes", True)):
            return separator, rows
    return "", []


def is_table(sample: Sample) -> bool:
    """Whether a file is a table by its name."""
    return sample.path.suffix.lower() in (".csv", ".tsv")


def _rows_between(sample: Sample, separator: str, quotes: bool) -> list[list[str]]:
    csv.field_size_limit(sys.maxsize)
    named = SEPARATOR_LINE.fullmatch(sample.lines[0]) if sample.lines else None
    lines = (f"{line}\n" for line in sample.lines[1 if named else 0 :])
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    rows = []
    try:
        table = csv.reader(lines, delimiter=separator, quoting=quoting, strict=True)
        rows.extend(row for row in table if "".join(row).strip())
    except csv.Error:
        if sample.is_whole:
            return []
    return rows if len({len(row) for row in rows}) == 1 and len(rows) > 1 and len(rows[0]) > 1 else []


def is_header(names: Sequence[str], rows: Sequence[Sequence[str]], known: Sequence[str]) -> bool:
    """Whether a first row names columns: it is of different words, none of which its column holds again."""
    if len(set(names)) < len(names) or not all(name.strip() and len(name) <= 40 for name in names):
        return False
    if column_named(dict.fromkeys(names), known):
        return True
    repeats = any(name in (row[place] for row in rows) for place, name in enumerate(names))
    return not repeats and not any(name.strip().lstrip("-").replace(".", "").isdecimal() for name in names)


def column_named(columns: Mapping[str, Any], known: Sequence[str]) -> str | None:
    """The column of the first known name, upper case or lower."""
    return next((name for each in known for name in columns if name.strip().lower() == each), None)
