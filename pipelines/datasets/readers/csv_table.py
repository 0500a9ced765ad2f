"""Texts in a table: one text per line, separated by commas or tabs, with the columns' names in the first one.

A text has one label, or several: a column for each of them, empty where there are fewer, or a column for each label
that there is, 1 where the text has it and 0 where not. A text may stand in several columns, such as title and body.
Or it has a translation, or nothing that is predicted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.options import LabelOptions
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted
from pipelines.datasets.table import (
    SEPARATOR_LINE,
    SEPARATORS,
    TableReader,
    column_named,
    first_rows,
    is_header,
    is_table,
)

TEXT_NAMES = ("text", "sentence", "review", "content", "body", "comment", "tweet", "message", "document", "question")
LABEL_NAMES = ("label", "class", "category", "sentiment", "target", "rating", "stars", "polarity", "topic", "intent")
SOURCE_NAMES, TARGET_NAMES = ("source", "src", "text"), ("target", "tgt", "translation")
_LANGUAGE = re.compile("[a-z]{2,3}([-_][a-z]{2,4})?", re.IGNORECASE)
FEW = 50  # different values of a column that may hold labels


@dataclass(frozen=True)
class Reader(LabelOptions, TableReader):
    """Labelled texts of tables."""

    text: str | tuple[str, ...] = "text"  # name of the column of texts; of several the texts are joined by a space
    label: str | None = None  # name of the column of labels (default: label); empty: texts without labels
    labels: tuple[str, ...] = ()  # instead: names of the columns of a text's labels, some of which may be empty
    one_hot: tuple[str, ...] = ()  # instead: names of the columns of 0 and 1; each name is a label
    target: str = ""  # instead: name of the column of translations

    def __post_init__(self) -> None:
        super().__post_init__()
        if sum(map(bool, (self.label, self.labels, self.one_hot, self.target))) > 1:
            raise InputError("expected one of `label`, `labels`, `one_hot`, `target`, got several; remove the others")
        if not self.text:
            raise InputError("expected a column of texts under `text`, got none")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads texts with their labels or translations, streaming.

        Raises:
            InputError: a column is missing or there twice, or a line has no label or translation, a mark other than 0
                and 1, or more or fewer columns than the first.
        """
        columns = (self.text,) if isinstance(self.text, str) else self.text
        for path in paths:
            for where, values in self.rows(path, (*columns, *self._target_columns())):
                text = " ".join(filter(None, (values[column] for column in columns)))
                yield Example(where, text, (), **self._known(values, where))

    def _known(self, values: Mapping[str, str], where: str) -> dict[str, Any]:
        """The label of a row, its labels or its translation; nothing where rows may lack one."""
        if self.target:
            if not values[self.target].strip():
                raise InputError(f"{where}: expected a translation under {self.target!r}, got none")
            return {"target_text": values[self.target].strip()}
        if self.one_hot:
            marks = {name: values[name].strip() for name in self.one_hot}
            if self.unlabelled and not any(marks.values()):
                return {}
            if wrong := next((name for name, mark in marks.items() if mark not in ("0", "1")), None):
                raise InputError(f"{where}: expected 0 or 1 in column {wrong!r}, got {marks[wrong][:60]!r}")
            return {"labels": tuple(name for name, mark in marks.items() if mark == "1")}
        if not (columns := self._target_columns()):
            return {}
        written = (label for name in columns if (label := values[name].strip()))
        found = tuple(dict.fromkeys(self.label_of(label, where) for label in written))
        if not found and self.unlabelled:
            return {}
        if not found:
            advice = "; `one_hot` columns may say that a text has no label" if self.labels else ""
            advice += "; the option `unlabelled: true` sets such texts apart"
            raise InputError(f"{where}: expected a {' or '.join(columns)}, got none{advice}")
        return {"labels": found} if self.labels else {"label": found[0]}

    def _target_columns(self) -> tuple[str, ...]:
        """The columns of what is predicted."""
        if self.target or self.label == "":
            return (self.target,) if self.target else ()
        return self.one_hot or self.labels or (self.label or "label",)

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        if wanted.field == "tags":
            return None
        separator, rows = first_rows(samples[0], wanted)
        if not rows:
            if wanted.field != "text":  # which the lines of any file may be
                _check_table(samples[0], wanted)
            return None
        between = f"{len(rows[0])} columns, separated by {'a tab' if separator == chr(9) else repr(separator)}"
        if wanted.field == "target_text":
            return _recognised_pairs(rows, separator, between, samples[0], wanted)
        given = wanted.options.get("columns")
        if given is None and not is_header(rows[0], rows[1:], (*TEXT_NAMES, *LABEL_NAMES)):
            return _without_header(rows, separator, between, samples[0], wanted)
        header, rows = (given, rows) if given else (rows[0], rows[1:])
        if len(header) != len(rows[0]):
            raise InputError(f"{samples[0].path}:1: expected {len(header)} columns, got {len(rows[0])}")
        columns = {name: [row[place].strip() for row in rows] for place, name in enumerate(header)}
        longest = max(columns, key=lambda name: sum(map(len, columns[name])))
        of_texts = column_named(columns, TEXT_NAMES)
        text = wanted.options.get("text") or of_texts or longest
        shown = f"a table with {between}"
        options: dict[str, Any] = {"text": text, "separator": separator}
        if wanted.field == "text":
            found = f"{shown}; text {text!r}"
            return Recognition(Evidence.SIGNATURE, {**options, "label": ""}, found) if of_texts else None
        if wanted.field == "labels":
            marks = [name for name, values in columns.items() if set(values) <= {"0", "1"}]
            if {"labels", "one_hot"} & set(wanted.options):
                return Recognition(Evidence.LAYOUT, options, f"{shown}; text {text!r}")
            if not marks:
                told = "expected a column of 0 and 1 for each label, got none"
                advice = "name columns of one label each (--set options.labels=[NAME, ...]); if a column holds several"
                example = '{"text": "...", "labels": ["a", "b"]}'
                raise InputError(f"{samples[0].path}:1: {told}; {advice}, convert the table to JSON Lines: {example}")
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
        found = f"{shown}; text {text!r}, label {label!r}"
        return Recognition(evidence, {**options, "label": label}, found)


def _check_table(sample: Sample, wanted: Wanted) -> None:
    """Says what is wrong with a file whose name says that it is a table, and of which `first_rows` gives none.

    Raises:
        InputError: it has one column or no row, or its rows differ.
    """
    if not is_table(sample) or not sample.lines:
        return
    named = SEPARATOR_LINE.fullmatch(sample.lines[0])
    first = sample.lines[1] if named and len(sample.lines) > 1 else sample.lines[0]
    separator = wanted.options.get("separator") or (named[1] if named else max(SEPARATORS, key=first.count))
    if separator not in first:
        told = f"expected columns separated by {separator!r}, got one column"
        raise InputError(f"{sample.path}:1: {told}; name the separator: --set options.separator=CHARACTER")
    quotes = wanted.options.get("quotes", True)
    if not sum(1 for _ in Reader(separator=separator, quotes=quotes, encoding=sample.encoding).rows(sample.path, ())):
        raise InputError(f"{sample.path}:2: expected rows below the names of columns, got none")


def _without_header(
    rows: Sequence[Sequence[str]], separator: str, between: str, sample: Sample, wanted: Wanted
) -> Recognition | None:
    """A table of texts and labels whose columns have no names: the longest are texts, those that repeat labels."""
    columns = [[row[place].strip() for row in rows] for place in range(len(rows[0]))]
    text = max(range(len(columns)), key=lambda place: sum(map(len, columns[place])))
    few = [place for place, values in enumerate(columns) if place != text and _may_be_labels(values)]
    if wanted.field != "label" or len(few) != 1 or {"text", "label"} & set(wanted.options) or not is_table(sample):
        return None
    names = [{text: "text", few[0]: "label"}.get(place, f"column {place}") for place in range(len(columns))]
    found = f"a table with {between}, without a header; column {text} has texts, {few[0]} labels"
    told = "the first line may name the columns: --set options.columns=[]"
    return Recognition(Evidence.LAYOUT, {"columns": names, "separator": separator}, found, told)


def _recognised_pairs(
    rows: Sequence[Sequence[str]], separator: str, between: str, sample: Sample, wanted: Wanted
) -> Recognition | None:
    """A table of texts and translations: their columns are named so, or by languages, or there are no others."""
    names = dict.fromkeys(rows[0])
    source, target = column_named(names, SOURCE_NAMES), column_named(names, TARGET_NAMES)
    if not (source and target) and len(rows[0]) == 2 and all(map(_LANGUAGE.fullmatch, names)):
        source, target = names
    options: dict[str, Any] = {"separator": separator}
    if source and target:
        options |= {"text": source, "target": target}
    elif len(rows[0]) == 2 and is_table(sample) and not column_named(names, (*TEXT_NAMES, *LABEL_NAMES)):
        options |= {"columns": ["text", "translation"], "text": "text", "target": "translation"}
    if "target" not in {**options, **wanted.options}:
        return None
    options |= wanted.options
    evidence = Evidence.SIGNATURE if source and target else Evidence.LAYOUT
    found = f"a table with {between}; text {options.get('text', 'text')!r}, translation {options['target']!r}"
    return Recognition(
        evidence, options, found, "the direction may be reversed: --set options.text=NAME options.target=NAME"
    )


def _may_be_labels(values: Sequence[str]) -> bool:
    """Whether there are few different values, which repeat."""
    return 1 < len(set(values)) <= min(FEW, len(values) - 1, max(2, len(values) // 2))
