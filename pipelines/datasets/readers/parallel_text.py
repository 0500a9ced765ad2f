"""Parallel text: two files, a source and a target; the translation of a line has the same number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.left_out import LeftOut
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted

EMPTY = "pairs left out, empty on both sides"


@dataclass(frozen=True)
class Reader(TextReader):
    """Pairs of texts; an empty line is a text too, but where both are empty, the pair is left out."""

    def files_a_split(self) -> int:
        return 2

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads pairs, streaming.

        Raises:
            InputError: one file has more lines (raised after the last pair).
        """
        source, target = paths
        pairs = zip_longest(self.read_lines(source), self.read_lines(target))
        for number, (source_line, target_line) in enumerate(pairs, start=1):
            if source_line is None or target_line is None:
                longer, rest = number + sum(1 for _ in pairs), number - 1
                counts = f"{rest} and {longer}" if source_line is None else f"{longer} and {rest}"
                raise InputError(
                    f"{source}:{number}: expected as many lines as {target}, got {counts}; align the files first"
                )
            if not (source_line[1].strip() or target_line[1].strip()):
                yield LeftOut(f"{source}:{number}", "", (), reason=EMPTY)
                continue
            yield Example(id=f"{source}:{number}", text=source_line[1], tokens=(), target_text=target_line[1])

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        if wanted.field == "target_text" and len(samples) == 2 and all(sample.texts for sample in samples):
            return Recognition(Evidence.ANY_TEXT, {}, "two files, aligned by line")
        return None
