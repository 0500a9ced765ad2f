"""Labelled text in a table: one text per line, column names in the first line, separated by commas or tabs."""

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import numbered_lines
from pipelines.datasets.readers import FileReader


@dataclass(frozen=True)
class Reader(FileReader):
    """Labelled texts of tables, each with a first line of names."""

    text: str = "text"  # name of the column of texts
    label: str = "label"  # name of the column of labels
    separator: str = ","  # the character between columns
    quotes: bool = True  # whether a text in quotation marks may hold separators and line ends; else marks are text

    def __post_init__(self) -> None:
        if len(self.separator) != 1 or self.separator in '\n\r"':
            raise InputError(f"expected a separator of one character, got {self.separator!r}")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads labelled texts, streaming.

        Raises:
            InputError: a column is missing or there twice, or a line has no label, or more or fewer columns than the
                first.
        """
        csv.field_size_limit(sys.maxsize)  # a text may be longer than 131,072 characters
        quoting = csv.QUOTE_MINIMAL if self.quotes else csv.QUOTE_NONE
        for path in paths:
            lines = (f"{line}\n" for _, line in numbered_lines(path))
            table = csv.reader(lines, delimiter=self.separator, quoting=quoting, strict=True)
            try:
                names = next(table, [])
                self._check_names(names, path)
                for row in table:
                    if not "".join(row).strip():
                        continue
                    if len(row) != len(names):
                        raise InputError(f"{path}:{table.line_num}: expected {len(names)} columns, got {len(row)}")
                    values = dict(zip(names, row, strict=True))
                    label = values[self.label].strip()
                    if not label:
                        raise InputError(f"{path}:{table.line_num}: expected a {self.label}, got none")
                    yield Example(f"{path}:{table.line_num}", values[self.text], (), label=label)
            except csv.Error as error:
                advice = "; `quotes: false` reads quotation marks as text" if self.quotes else ""
                raise InputError(f"{path}:{max(1, table.line_num)}: expected a table: {error}{advice}") from None

    def _check_names(self, names: list[str], path: Path) -> None:
        for name in (self.text, self.label):
            if name not in names:
                raise InputError(f"{path}:1: expected a column {name!r}, got none{nearest(name, names)}")
            if names.count(name) > 1:
                advice = "give them different names"
                raise InputError(f"{path}:1: expected one column {name!r}, got {names.count(name)}; {advice}")
