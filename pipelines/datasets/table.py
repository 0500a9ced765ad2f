"""Tables: rows of columns between separators, with the columns' names in the first line or in the configuration."""

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.datasets.readers import TextReader

_SEPARATOR_LINE = re.compile("sep=(.)", re.IGNORECASE)  # a first line that Excel reads and hides


@dataclass(frozen=True, kw_only=True)
class TableReader(TextReader):
    """A reader of tables. A first line `sep=;` names the separator."""

    separator: str = ","  # the character between columns
    quotes: bool = True  # whether a text in quotation marks may hold separators and line ends; else marks are text
    columns: tuple[str, ...] = ()  # the columns' names, where the first line has none

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.separator) != 1 or self.separator in '\n\r"':
            raise InputError(f"expected a separator of one character, got {self.separator!r}")

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
        named = _SEPARATOR_LINE.fullmatch(first or "")
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
                    raise InputError(f"{where}: expected {len(names)} columns, got {len(row)}")
                yield where, dict(zip(names, row, strict=True))
        except csv.Error as error:
            advice = "; `quotes: false` reads quotation marks as text" if self.quotes else ""
            place = f"{path}:{max(1, table.line_num + above)}"
            raise InputError(f"{place}: expected a table: {error}{advice}") from None


def _check_names(names: Sequence[str], wanted: Sequence[str], where: str) -> None:
    for name in wanted:
        if name not in names:
            raise InputError(f"{where}: expected a column {name!r}, got none{nearest(name, list(names))}")
        if names.count(name) > 1:
            advice = "give them different names"
            raise InputError(f"{where}: expected one column {name!r}, got {names.count(name)}; {advice}")
