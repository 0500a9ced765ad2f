"""Labelled text in a table: one text per line, separated by commas or tabs, with the columns' names in the first one.

A text has one label, or several: a column for each of them, empty where there are fewer, or a column for each label
that there is, 1 where the text has it and 0 where not. A text may stand in several columns, such as title and body.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.options import LabelOptions
from pipelines.datasets.table import TableReader


@dataclass(frozen=True)
class Reader(LabelOptions, TableReader):
    """Labelled texts of tables."""

    text: str | tuple[str, ...] = "text"  # name of the column of texts; of several the texts are joined by a space
    label: str | None = None  # name of the column of labels (default: label)
    labels: tuple[str, ...] = ()  # instead: names of the columns of a text's labels, some of which may be empty
    one_hot: tuple[str, ...] = ()  # instead: names of the columns of 0 and 1; each name is a label

    def __post_init__(self) -> None:
        super().__post_init__()
        if sum(map(bool, (self.label, self.labels, self.one_hot))) > 1:
            raise InputError("expected one of `label`, `labels` and `one_hot`, got several; remove the others")
        if not self.text:
            raise InputError("expected a column of texts under `text`, got none")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads labelled texts, streaming.

        Raises:
            InputError: a column is missing or there twice, or a line has no label, a mark other than 0 and 1, or more
                or fewer columns than the first.
        """
        columns = (self.text,) if isinstance(self.text, str) else self.text
        for path in paths:
            for where, values in self.rows(path, (*columns, *self._label_columns())):
                text = " ".join(filter(None, (values[column] for column in columns)))
                yield Example(where, text, (), **self._known(values, where))

    def _known(self, values: Mapping[str, str], where: str) -> dict[str, Any]:
        """The label of a row, or its labels; nothing where rows may lack one."""
        if self.one_hot:
            marks = {name: values[name].strip() for name in self.one_hot}
            if self.unlabelled and not any(marks.values()):
                return {}
            if wrong := next((name for name, mark in marks.items() if mark not in ("0", "1")), None):
                raise InputError(f"{where}: expected 0 or 1 in column {wrong!r}, got {marks[wrong][:60]!r}")
            return {"labels": tuple(name for name, mark in marks.items() if mark == "1")}
        columns = self._label_columns()
        written = (label for name in columns if (label := values[name].strip()))
        found = tuple(dict.fromkeys(self.label_of(label, where) for label in written))
        if not found and self.unlabelled:
            return {}
        if not found:
            advice = "; `one_hot` columns may say that a text has no label" if self.labels else ""
            raise InputError(f"{where}: expected a {' or '.join(columns)}, got none{advice}")
        return {"labels": found} if self.labels else {"label": found[0]}

    def _label_columns(self) -> tuple[str, ...]:
        return self.one_hot or self.labels or (self.label or "label",)
