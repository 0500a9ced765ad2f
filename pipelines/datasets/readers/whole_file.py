"""Whole files: each file is one text, its line ends included."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.data.examples import Example
from pipelines.data.lines import numbered_lines


def read(paths: Sequence[Path]) -> Iterator[Example]:
    """Reads texts, a file at a time; every line ends with a line feed."""
    for path in paths:
        yield Example(id=str(path), text="".join(f"{line}\n" for _, line in numbered_lines(path)), tokens=())
