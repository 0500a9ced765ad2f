"""Labelled text in a table: one text per line, column names in the first line, separated by commas or tabs.

A text has one label, or several: a column for each of them, empty where there are fewer, or a column for each label
that there is, 1 where the text has it and 0 where not.
"""

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import numbered_lines
from pipelines.datasets.readers import FileReader


@dataclass(frozen=True)
class Reader(FileReader):
    """Labelled texts of tables, each with a first line of names."""

    text: str = "text"  # name of the column of texts
    label: str | None = None  # name of the column of labels (default: label)
    labels: tuple[str, ...] = ()  # instead: names of the columns of a text's labels, some of which may be empty
    one_hot: tuple[str, ...] = ()  # instead: names of the columns of 0 and 1; each name is a label
    separator: str = ","  # the character between columns
    quotes: bool = True  # whether a text in quotation marks may hold separators and line ends; else marks are text

    def __post_init__(self) -> None:
        if len(self.separator) != 1 or self.separator in '\n\r"':
            raise InputError(f"expected a separator of one character, got {self.separator!r}")
        if sum(map(bool, (self.label, self.labels, self.one_hot))) > 1:
            raise InputError("expected one of `label`, `labels` and `one_hot`, got several; remove the others")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads labelled texts, streaming.

        Raises:
            InputError: a column is missing or there twice, or a line has no label, a mark other than 0 and 1, or more
                or fewer columns than the first.
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
                    where = f"{path}:{table.line_num}"
                    yield Example(where, values[self.text], (), **self._known(values, where))
            except csv.Error as error:
                advice = "; `quotes: false` reads quotation marks as text" if self.quotes else ""
                raise InputError(f"{path}:{max(1, table.line_num)}: expected a table: {error}{advice}") from None

    def _known(self, values: Mapping[str, str], where: str) -> dict[str, Any]:
        """The label of a row, or its labels."""
        if self.one_hot:
            marks = {name: values[name].strip() for name in self.one_hot}
            if wrong := next((name for name, mark in marks.items() if mark not in ("0", "1")), None):
                raise InputError(f"{where}: expected 0 or 1 in column {wrong!r}, got {marks[wrong][:60]!r}")
            return {"labels": tuple(name for name, mark in marks.items() if mark == "1")}
        columns = self._label_columns()
        found = tuple(dict.fromkeys(label for name in columns if (label := values[name].strip())))
        if not found:
            advice = "; `one_hot` columns may say that a text has no label" if self.labels else ""
            raise InputError(f"{where}: expected a {' or '.join(columns)}, got none{advice}")
        return {"labels": found} if self.labels else {"label": found[0]}

    def _label_columns(self) -> tuple[str, ...]:
        return self.one_hot or self.labels or (self.label or "label",)

    def _check_names(self, names: list[str], path: Path) -> None:
        for name in (self.text, *self._label_columns()):
            if name not in names:
                raise InputError(f"{path}:1: expected a column {name!r}, got none{nearest(name, names)}")
            if names.count(name) > 1:
                advice = "give them different names"
                raise InputError(f"{path}:1: expected one column {name!r}, got {names.count(name)}; {advice}")
