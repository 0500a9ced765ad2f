"""Whole files: each file is one text, its line ends included."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.data.examples import Example
from pipelines.data.lines import numbered_lines
from pipelines.datasets.readers import FileReader


@dataclass(frozen=True)
class Reader(FileReader):
    """A text for each file, every line of which ends with a line feed."""

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        for path in paths:
            yield Example(id=str(path), text="".join(f"{line}\n" for _, line in numbered_lines(path)), tokens=())
