"""Plain text: one text per line; blank lines are skipped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.data.examples import Example
from pipelines.datasets.readers import TextReader


@dataclass(frozen=True)
class Reader(TextReader):
    """Texts."""

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        for path in paths:
            for number, line in self.read_lines(path):
                if line.strip():
                    yield Example(id=f"{path}:{number}", text=line, tokens=())
