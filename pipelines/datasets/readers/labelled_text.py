"""Labelled text: one text and its label per line, `label<TAB>text` or `label text`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.readers import TextReader


@dataclass(frozen=True)
class Reader(TextReader):
    """Labelled texts; blank lines are skipped."""

    separator: str = "\t"  # between label and text: the first in the line, or the last where the label comes last
    label_first: bool = True

    def __post_init__(self) -> None:
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
