"""Texts with entities in brat's standoff format: a file of text, and one of annotations beside it.

The files of a split are texts and annotations in turn (`a.txt`, `a.ann`, `b.txt`, ...), or folders with such pairs.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import whole_text
from pipelines.datasets.left_out import LeftOut
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted
from pipelines.datasets.spans import SpanOptions

_ENTITY = re.compile(r"T\S*\t(\S+) ([0-9]{1,9} [0-9]{1,9}(?:;[0-9]{1,9} [0-9]{1,9})*)\t?(.*)")

DISCONTINUOUS = "entities left out, discontinuous"


@dataclass(frozen=True)
class Reader(SpanOptions, TextReader):
    """Lines of texts with their entities; relations, events, attributes and notes are not read.

    An entity in several parts is one if only white space stands between them; else it is left out and counted.
    """

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads texts one by one.

        Raises:
            InputError: a text without annotations, an annotation that is malformed or of another text.
        """
        for text, annotations in self._pairs(paths):
            content = whole_text(text, self.encoding)
            spans, in_parts = self._spans(annotations, content)
            yield from (LeftOut(f"{annotations}:{line}", "", (), reason=DISCONTINUOUS) for line in in_parts)
            ends = [at for at, character in enumerate(content) if character == "\n"]
            lines = zip([0, *(end + 1 for end in ends)], [*ends, len(content)], strict=True)
            written = ((start, end) for start, end in lines if content[start:end].strip())
            line, end = 1, 0  # of the piece before
            for example in self.divided(f"{text}:1", content, spans, written):
                start = content.index(example.text, end)
                line += content.count("\n", end, start)
                yield replace(example, id=f"{text}:{line}")
                line, end = line + example.text.count("\n"), start + len(example.text)

    def _pairs(self, paths: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
        """Texts with their annotations."""
        waiting: Path | None = None
        for path in paths:
            if path.is_dir():
                texts = sorted(path.glob("*.txt"))
                if not texts:
                    raise InputError(f"{path}:1: expected files .txt and .ann, got none")
                yield from ((text, text.with_suffix(".ann")) for text in texts)
            elif waiting:
                yield waiting, path
                waiting = None
            else:
                waiting = path
        if waiting:
            raise InputError(f"{waiting}:1: expected a file of annotations behind that of the text, got none")

    def _spans(self, path: Path, text: str) -> tuple[list[tuple[int, int, str]], list[int]]:
        """The entities of a text, and the lines of those that no span of characters can express."""
        spans, in_parts = [], []
        for number, line in self.read_lines(path):
            if not line.startswith("T"):
                continue
            where = f"{path}:{number}"
            if not (found := _ENTITY.fullmatch(line)):
                raise InputError(f"{where}: expected an entity as `T1<tab>TYPE 0 5<tab>text`, got {line[:60]!r}")
            kind, places, said = found.groups()
            parts = [tuple(map(int, part.split(" "))) for part in places.split(";")]
            shown = " ".join(text[start:end] for start, end in parts)
            ordered = all(start <= end <= len(text) for start, end in parts)
            if not ordered or (said and shown.split() != said.split()):
                told = f"expected {said[:60]!r} at {places[:60]} of the text, got {shown[:60]!r}"
                raise InputError(f"{where}: {told}; give the text that was annotated, with its line ends")
            if any(before[1] > after[0] or text[before[1] : after[0]].strip() for before, after in pairwise(parts)):
                in_parts.append(number)
            else:
                spans.append((parts[0][0], parts[-1][1], kind))
        return spans, in_parts

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        annotated = [sample.path.suffix == ".ann" or any(sample.path.glob("*.ann")) for sample in samples]
        if wanted.entities and any(annotated):
            return Recognition(Evidence.SIGNATURE, {}, "texts with brat annotations")
        return None
