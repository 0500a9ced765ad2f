"""Whole files: each file is one text, its line ends included."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.limits import PARSED_BYTES, check_limit
from pipelines.data.examples import Example
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted

SENTENCE_ENDS = tuple('.!?…。！？"”’»')
WRAPPED_SHARE = 0.5  # of lines that end within a sentence: a text is wrapped, and its lines are none


@dataclass(frozen=True)
class Reader(TextReader):
    """A text for each file, every line of which ends with a line feed."""

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        for path in paths:
            text = io.StringIO()
            for number, line in self.read_lines(path):
                check_limit(f"{path}:{number}", "characters in a text", PARSED_BYTES, text.tell())
                text.write(f"{line}\n")
            yield Example(id=str(path), text=text.getvalue(), tokens=())

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        lines = [line.rstrip() for sample in samples for line in sample.texts]
        wrapped = sum(not line.endswith(SENTENCE_ENDS) for line in lines)
        has_paragraphs = any(not line.strip() for sample in samples for line in sample.lines[:-1])
        if wanted.field == "text" and has_paragraphs and wrapped > WRAPPED_SHARE * len(lines):
            told = "if each line is a text: --reader plain_text"
            return Recognition(Evidence.LAYOUT, {}, "one text with wrapped lines", told)
        return None
