"""JSON Lines, one object per line, or a list of objects in JSON; their keys are mapped to the fields of an example."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.json_items import json_items
from pipelines.data.lines import json_objects, numbered_lines
from pipelines.datasets.fields import NAMES, FieldOptions, recognise_fields
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import SAMPLE_LINES, Recognition, Sample, Wanted


@dataclass(frozen=True)
class Reader(FieldOptions, TextReader):
    """Examples."""

    def __post_init__(self) -> None:
        FieldOptions.__post_init__(self)
        TextReader.__post_init__(self)

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads examples, streaming.

        Raises:
            InputError: a line or an item that is not a JSON object, a missing key, or a value of another kind, also
                of another one than the label of an earlier line.
        """
        objects = ((path, row) for path in paths for row in _objects(self.read_lines(path), path))
        yield from self.examples((f"{path}:{number}", row) for path, (number, row) in objects)

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        first = samples[0]
        if not all(sample.beginning.startswith(("{", "[")) for sample in samples):
            return None
        is_list = first.beginning.startswith("[")
        lines = numbered_lines(first.path, first.encoding) if is_list else first.numbered
        try:
            objects = list(islice(_objects(lines, first.path), SAMPLE_LINES))
        except InputError:
            if first.path.suffix in (".jsonl", ".ndjson"):
                raise
            return None  # an object over several lines, or a list of others
        if not objects:
            return None
        keys = NAMES["tokens"] if wanted.entities and not wanted.options.get("fields") else ()
        spans = keys and not any(isinstance(row.get(key), list) for _, row in objects for key in keys)
        rows = [(f"{first.path}:{number}", row) for number, row in objects]
        return None if spans else recognise_fields(rows, wanted, "a list in JSON" if is_list else "JSON Lines")


def _objects(lines: Iterable[tuple[int, str]], path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file, each with the number of the line on which it begins."""
    written = ((number, line) for number, line in lines if line.strip())
    first = list(islice(written, 1))
    whole = chain(first, written)
    if first and first[0][1].lstrip().startswith("["):
        whole = ((number, item.decode("utf-8")) for number, item in json_items(whole, path))
    return json_objects(whole, path)
