"""Plain text: one text a line; blank lines stand between texts."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.data.examples import Example
from pipelines.data.lines import numbered_lines


def read(paths: Sequence[Path]) -> Iterator[Example]:
    """Reads texts, streaming."""
    for path in paths:
        for number, line in numbered_lines(path):
            if line.strip():
                yield Example(id=f"{path}:{number}", text=line, tokens=())
