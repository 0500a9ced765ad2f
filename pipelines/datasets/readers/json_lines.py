"""JSON Lines: one object per line, its keys mapped to the fields of an example."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.data.examples import Example
from pipelines.data.lines import json_objects
from pipelines.datasets.fields import FieldOptions
from pipelines.datasets.readers import TextReader


@dataclass(frozen=True)
class Reader(FieldOptions, TextReader):
    """Examples."""

    def __post_init__(self) -> None:
        FieldOptions.__post_init__(self)
        TextReader.__post_init__(self)

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads examples, streaming.

        Raises:
            InputError: a line that is not a JSON object, a missing key, or a value of another kind, also of another
                one than the label of an earlier line.
        """
        objects = ((path, row) for path in paths for row in json_objects(self.read_lines(path), path))
        yield from self.examples((f"{path}:{number}", row) for path, (number, row) in objects)
