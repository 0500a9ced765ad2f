"""Whole files: each file is one text, its line ends included."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.limits import PARSED_BYTES, check_limit
from pipelines.data.examples import Example
from pipelines.datasets.readers import TextReader


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
