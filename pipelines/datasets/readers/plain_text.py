"""Plain text: one text per line; blank lines are skipped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.data.examples import Example
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted


@dataclass(frozen=True)
class Reader(TextReader):
    """Texts."""

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        for path in paths:
            for number, line in self.read_lines(path):
                if line.strip():
                    yield Example(id=f"{path}:{number}", text=line, tokens=())

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        if wanted.field == "text" and any(sample.texts for sample in samples):
            return Recognition(Evidence.ANY_TEXT, {}, "one text per line")
        return None
