"""JSON Lines: an object a line, its keys mapped to the fields of an example."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import json_objects

SCALARS, LISTS = ("text", "label", "target_text"), ("tokens", "tags", "target_tokens")


def read(paths: Sequence[Path], fields: Mapping[str, str]) -> Iterator[Example]:
    """Reads examples, streaming. Entity tags are IOB2.

    Args:
        paths: the files, one after another.
        fields: field of an example -> key of the object, such as `{text: review, label: stars}`.

    Raises:
        InputError: an unknown field, a line that is not a JSON object, a missing key, or a value of another kind.
    """
    for field in fields:
        if field not in SCALARS + LISTS:
            raise InputError(f"json_lines: unknown field {field!r}{nearest(field, [*SCALARS, *LISTS])}")
    if not {"text", "tokens"} & set(fields):
        raise InputError("json_lines: `fields` must map text or tokens")
    for path in paths:
        for number, row in json_objects(path):
            values = {field: _value(row, key, field in LISTS, f"{path}:{number}") for field, key in fields.items()}
            if not values.get("label", "label").strip():
                raise InputError(f"{path}:{number}: expected a label, got none")
            tokens = values.pop("tokens", ())
            yield Example(f"{path}:{number}", values.pop("text", " ".join(tokens)), tokens, **values)


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
