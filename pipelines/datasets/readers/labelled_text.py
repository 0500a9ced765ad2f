"""Labelled text: one text and its label per line, `label<TAB>text` or `label text`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.readers import TextReader
from pipelines.datasets.readers.csv_table import LABEL_NAMES, TEXT_NAMES
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted
from pipelines.datasets.table import column_named


@dataclass(frozen=True)
class Reader(TextReader):
    """Labelled texts; blank lines are skipped."""

    separator: str = "\t"  # between label and text: the first in the line, or the last where the label comes last
    label_first: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.separator:
            raise InputError("expected a separator, got none")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads labelled texts, streaming.

        Raises:
            InputError: a line without a separator or without a label.
        """
        for path in paths:
            for number, line in self.read_lines(path):
                if not line.strip(" \t"):
                    continue
                label, found, text = line.partition(self.separator)
                if not self.label_first:
                    text, found, label = line.rpartition(self.separator)
                if not found or not label.strip():
                    form = f"label{self.separator}text" if self.label_first else f"text{self.separator}label"
                    advice = "see `options` of the dataset"
                    raise InputError(f"{path}:{number}: expected {form!r}, got {line[:60]!r}; {advice}")
                yield Example(id=f"{path}:{number}", text=text, tokens=(), label=label.strip())

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        separator = cls(separator=wanted.options.get("separator", "\t")).separator
        parts = [line.split(separator) for sample in samples for line in sample.texts]
        if wanted.field != "label" or not parts or any(len(each) != 2 for each in parts):
            return None
        if all(column_named(dict.fromkeys(parts[0]), names) for names in (TEXT_NAMES, LABEL_NAMES)):
            return None  # a table, whose quotation marks are perhaps text
        firsts, lasts = ({each[place].strip() for each in parts} for place in (0, 1))
        label_first = wanted.options.get("label_first", len(firsts) < len(lasts))
        found = f"{'label and text' if label_first else 'text and label'} per line, separated by {separator!r}"
        told = "which is the label? --set options.label_first=true or false" if len(firsts) == len(lasts) else ""
        return Recognition(Evidence.LAYOUT, {"separator": separator, "label_first": label_first}, found, told)
