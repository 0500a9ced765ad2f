"""Pairs of texts in columns between tabs, as Tatoeba and manythings.org have them; other columns are not read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted


@dataclass(frozen=True)
class Reader(TextReader):
    """Pairs of texts; blank lines are skipped."""

    source: int = 0  # number of the column of texts, from 0
    target: int = 1  # number of the column of their translations
    separator: str = "\t"  # between columns

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.separator:
            raise InputError("expected a separator, got none")
        if self.source == self.target or min(self.source, self.target) < 0:
            raise InputError(f"expected source and target in two columns, got {self.source} and {self.target}")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads pairs, streaming.

        Raises:
            InputError: a line with more or fewer columns than the file's first one, or without one of the texts.
        """
        for path in paths:
            width = 0  # columns of the file's first line
            for number, line in self.read_lines(path):
                if not line.strip():
                    continue
                columns = [column.strip() for column in line.split(self.separator)]
                needed = max(self.source, self.target) + 1
                width = width or max(len(columns), needed)
                if len(columns) != width:
                    expected = f"{width} columns" + (", as the first line has" if width > needed else "")
                    raise InputError(f"{path}:{number}: expected {expected}, got {len(columns)}: {line[:60]!r}")
                source, target = columns[self.source], columns[self.target]
                if not source or not target:
                    raise InputError(f"{path}:{number}: expected two texts, got one: {line[:60]!r}")
                yield Example(f"{path}:{number}", source, (), target_text=target)

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        separator = cls(separator=wanted.options.get("separator", "\t")).separator
        widths = {len(line.split(separator)) for sample in samples for line in sample.texts}
        if wanted.field != "target_text" or len(widths) != 1 or widths == {1}:
            return None
        found = f"pairs of texts in the first two of {widths.pop()} columns, separated by {separator!r}"
        told = "the translations may come first: --set options.source=1 options.target=0"
        return Recognition(Evidence.LAYOUT, {"separator": separator}, found, told)
