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
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted

SEPARATORS = (",", "\t", ";", "|")
TEXT_NAMES = ("text", "sentence", "review", "content", "body", "comment", "tweet", "message", "document", "question")
LABEL_NAMES = ("label", "class", "category", "sentiment", "target", "rating", "stars", "polarity", "topic", "intent")
FEW = 50  # different values of a column that may hold labels


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

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        given = wanted.options.get("separator")
        tables = ((separator, _rows(samples[0], separator)) for separator in ([given] if given else SEPARATORS))
        separator, rows = next(((separator, rows) for separator, rows in tables if rows), ("", []))
        if wanted.field not in ("label", "labels") or not rows or not _is_header(rows[0], rows[1:]):
            return None
        columns = {name: [row[place].strip() for row in rows[1:]] for place, name in enumerate(rows[0])}
        longest = max(columns, key=lambda name: sum(map(len, columns[name])))
        text = wanted.options.get("text") or _named(columns, TEXT_NAMES) or longest
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
        label = wanted.options.get("label") or _named(others, LABEL_NAMES) or (few[0] if len(few) == 1 else "")
        if not label:
            advice = "name it: --set options.label=NAME"
            names = ", ".join(map(repr, few or others))
            raise InputError(f"{samples[0].path}:1: expected one column of labels, which may be {names}; {advice}")
        is_named = _named(columns, TEXT_NAMES) or _named(columns, LABEL_NAMES)
        evidence = Evidence.SIGNATURE if is_named else Evidence.LAYOUT
        return Recognition(evidence, {**options, "label": label}, f"{shown}; text {text!r}, label {label!r}")


def _rows(sample: Sample, separator: str) -> list[list[str]]:
    """The rows of a table at the beginning of a file, all of as many columns, two or more; else none."""
    csv.field_size_limit(sys.maxsize)
    lines = (f"{line}\n" for line in sample.lines)
    rows = []
    try:
        rows.extend(row for row in csv.reader(lines, delimiter=separator, strict=True) if "".join(row).strip())
    except csv.Error:
        if sample.is_whole:
            return []
    return rows if len({len(row) for row in rows}) == 1 and len(rows) > 1 and len(rows[0]) > 1 else []


def _is_header(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a first row names columns: it is of different words, none of which its column holds again."""
    if len(set(names)) < len(names) or not all(name.strip() and len(name) <= 40 for name in names):
        return False
    if _named(dict.fromkeys(names), TEXT_NAMES) or _named(dict.fromkeys(names), LABEL_NAMES):
        return True
    repeats = any(name in (row[place] for row in rows) for place, name in enumerate(names))
    return not repeats and not any(name.strip().lstrip("-").replace(".", "").isdecimal() for name in names)


def _named(columns: Mapping[str, Any], known: Sequence[str]) -> str | None:
    """The column of the first known name, upper case or lower."""
    return next((name for each in known for name in columns if name.strip().lower() == each), None)


def _may_be_labels(values: Sequence[str]) -> bool:
    """Whether there are few different values, which repeat."""
    return 1 < len(set(values)) <= min(FEW, len(values) - 1, max(2, len(values) // 2))
