"""JSON Lines: an object a line, its keys mapped to the fields of an example."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from embeddings.config import nearest
from embeddings.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import numbered_lines
from pipelines.data.tag_schemes import repaired

SCALARS, LISTS = ("text", "label", "target_text"), ("tokens", "tags", "target_tokens")


def read(paths: Sequence[Path], fields: Mapping[str, str]) -> Iterator[Example]:
    """Reads examples, streaming. Entity tags are IOB2; an entity that begins with `I-` is taken to begin with `B-`.

    Args:
        paths: the files, one after another.
        fields: field of an example -> key of the object, such as `{text: review, label: stars}`.

    Raises:
        InputError: an unknown field, a line that is not a JSON object, a missing key, or a value of another kind.
    """
    if not isinstance(fields, Mapping):
        raise InputError(f"json_lines: expected `fields` to map fields to keys, got {fields!r}")
    for field in fields:
        if field not in SCALARS + LISTS:
            raise InputError(f"json_lines: unknown field {field!r}{nearest(field, [*SCALARS, *LISTS])}")
    if not {"text", "tokens"} & set(fields):
        raise InputError("json_lines: `fields` must map text or tokens")
    for path in paths:
        for number, line in numbered_lines(path):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(f"{path}:{number}: expected a JSON object: {error.msg}") from None
            if not isinstance(row, dict):
                raise InputError(f"{path}:{number}: expected a JSON object, got {type(row).__name__}")
            values = {field: _value(row, key, field in LISTS, f"{path}:{number}") for field, key in fields.items()}
            tokens = values.pop("tokens", ())
            if "tags" in values:
                values["tags"] = tuple(repaired(values["tags"]))
            yield Example(f"{path}:{number}", values.pop("text", " ".join(tokens)), tokens, **values)


def _value(row: Mapping[str, Any], key: str, is_list: bool, where: str) -> Any:
    """A string, or a tuple of strings; numbers and truth values are labels as JSON writes them."""
    if key not in row:
        raise InputError(f"{where}: expected the key {key!r}{nearest(key, list(row))}, got {', '.join(row) or 'none'}")
    value = row[key]
    if is_list != isinstance(value, list) or (not is_list and isinstance(value, dict | None)):
        raise InputError(f"{where}: expected {'a list' if is_list else 'a single value'} of {key!r}, got {value!r}")
    if is_list:
        return tuple(item if isinstance(item, str) else json.dumps(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value)
