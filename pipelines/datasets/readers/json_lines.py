"""JSON Lines: an object a line, its keys mapped to the fields of an example."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import json_objects
from pipelines.datasets.readers import FileReader

SCALARS, LISTS = ("text", "label", "target_text"), ("tokens", "tags", "target_tokens")


@dataclass(frozen=True)
class Reader(FileReader):
    """Examples; entity tags are IOB2."""

    fields: dict[str, str]  # field of an example -> key of the object, such as `{text: review, label: stars}`

    def __post_init__(self) -> None:
        for field in self.fields:
            if field not in SCALARS + LISTS:
                raise InputError(f"unknown field {field!r} in `fields`{nearest(field, [*SCALARS, *LISTS])}")
        if not {"text", "tokens"} & set(self.fields):
            raise InputError("`fields` must map text or tokens")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads examples, streaming.

        Raises:
            InputError: a line that is not a JSON object, a missing key, or a value of another kind.
        """
        for path in paths:
            for number, row in json_objects(path):
                where = f"{path}:{number}"
                values = {field: _value(row, key, field in LISTS, where) for field, key in self.fields.items()}
                if not values.get("label", "label").strip():
                    raise InputError(f"{where}: expected a label, got none")
                tokens = values.pop("tokens", ())
                yield Example(where, values.pop("text", " ".join(tokens)), tokens, **values)


def _value(row: Mapping[str, Any], key: str, is_list: bool, where: str) -> Any:
    """A string, or a tuple of strings; numbers and truth values are labels as JSON writes them."""
    if key not in row:
        raise InputError(f"{where}: expected the key {key!r}, got none{nearest(key, list(row))}")
    value = row[key]
    if is_list != isinstance(value, list) or (not is_list and isinstance(value, dict | None)):
        expected = "a list" if is_list else "a single value"
        raise InputError(f"{where}: expected {expected} of {key!r}, got {type(value).__name__}")
    if is_list:
        items = tuple(item if isinstance(item, str) else json.dumps(item) for item in value)
        if not all(item.strip() for item in items):
            raise InputError(f"{where}: expected no empty item in {key!r}, got one")
        return items
    return value if isinstance(value, str) else json.dumps(value)
