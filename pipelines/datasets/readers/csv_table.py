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
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted
from pipelines.datasets.table import TableReader, column_named, first_rows, is_header

TEXT_NAMES = ("text", "sentence", "review", "content", "body", "comment", "tweet", "message", "document", "question")
LABEL_NAMES = ("label", "class", "category", "sentiment", "target", "rating", "stars", "polarity", "topic", "intent")
FEW = 50  # different values of a column that may hold labels


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

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        if wanted.field not in ("label", "labels"):
            return None
        separator, rows = first_rows(samples[0], wanted)
        if not rows or not is_header(rows[0], rows[1:], (*TEXT_NAMES, *LABEL_NAMES)):
            return None
        columns = {name: [row[place].strip() for row in rows[1:]] for place, name in enumerate(rows[0])}
        longest = max(columns, key=lambda name: sum(map(len, columns[name])))
        text = wanted.options.get("text") or column_named(columns, TEXT_NAMES) or longest
        shown = f"a table of {len(columns)} columns, {'a tab' if separator == chr(9) else repr(separator)} between"
        options: dict[str, Any] = {"text": text, "separator": separator}
        if wanted.field == "labels":
            marks = [name for name, values in columns.items() if set(values) <= {"0", "1"}]
            if {"labels", "one_hot"} & set(wanted.options):
                return Recognition(Evidence.LAYOUT, options, f"{shown}; text {text!r}")
            if not marks:
                return None
            found = f"{shown}; text {text!r}, a column of 0 and 1 for each of {len(marks)} labels"
            return Recognition(Evidence.LAYOUT, {**options, "one_hot": marks}, found)
        others = {name: values for name, values in columns.items() if name != text}
        few = [name for name, values in others.items() if _may_be_labels(values)]
        label = wanted.options.get("label") or column_named(others, LABEL_NAMES) or (few[0] if len(few) == 1 else "")
        if not label:
            advice = "name it: --set options.label=NAME"
            names = ", ".join(map(repr, few or others))
            raise InputError(f"{samples[0].path}:1: expected one column of labels, which may be {names}; {advice}")
        is_named = column_named(columns, TEXT_NAMES) or column_named(columns, LABEL_NAMES)
        evidence = Evidence.SIGNATURE if is_named else Evidence.LAYOUT
        return Recognition(evidence, {**options, "label": label}, f"{shown}; text {text!r}, label {label!r}")


def _may_be_labels(values: Sequence[str]) -> bool:
    """Whether there are few different values, which repeat."""
    return 1 < len(set(values)) <= min(FEW, len(values) - 1, max(2, len(values) // 2))
