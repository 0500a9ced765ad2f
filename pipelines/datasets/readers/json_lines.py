"""JSON Lines: one object per line, its keys mapped to the fields of an example."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import json_objects
from pipelines.datasets.fields import NAMES, FieldOptions, recognise_fields
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Recognition, Sample, Wanted


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

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        if not all(sample.beginning.startswith("{") for sample in samples):
            return None
        try:
            objects = list(json_objects(samples[0].numbered, samples[0].path))
        except InputError:
            return None  # an object over several lines
        keys = NAMES["tokens"] if wanted.entities and not wanted.options.get("fields") else ()
        spans = keys and not any(isinstance(row.get(key), list) for _, row in objects for key in keys)
        rows = [(f"{samples[0].path}:{number}", row) for number, row in objects]
        return None if spans else recognise_fields(rows, wanted, "JSON Lines")
