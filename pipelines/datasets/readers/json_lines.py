"""JSON Lines: one object per line, its keys mapped to the fields of an example."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import json_objects
from pipelines.data.tag_schemes import recognise_scheme
from pipelines.datasets.readers import FileReader
from pipelines.datasets.recognition import SAMPLE_LINES, Evidence, Recognition, Sample, Wanted

SCALARS, LISTS = ("text", "label", "target_text"), ("tokens", "tags", "labels", "target_tokens")
NAMES = {  # under which others store a field
    "text": ("text", "sentence", "review", "content", "body", "comment", "source", "src"),
    "label": ("label", "class", "category", "sentiment", "rating", "stars", "topic", "intent"),
    "labels": ("labels", "topics", "categories", "tags"),
    "tokens": ("tokens", "words"),
    "tags": ("tags", "ner_tags", "pos_tags", "labels", "ner", "pos", "upos"),
    "target_text": ("target", "translation", "tgt", "target_text"),
}


@dataclass(frozen=True)
class Reader(FileReader):
    """Examples."""

    fields: dict[str, str]  # field of an example -> key of the object, such as `{text: review, label: stars}`
    scheme: Literal["iob2", "iob1", "iobes", "none"] = "none"  # of entity tags; `none`: tags of another kind

    def __post_init__(self) -> None:
        for field in self.fields:
            if field not in SCALARS + LISTS:
                raise InputError(f"unknown field {field!r} in `fields`{nearest(field, [*SCALARS, *LISTS])}")
        if not {"text", "tokens"} & set(self.fields):
            raise InputError("`fields` must map text or tokens")
        if {"label", "labels"} <= set(self.fields):
            raise InputError("`fields` map label and labels; expected one of them")
        if self.scheme != "none" and "tags" not in self.fields:
            raise InputError(f"`scheme: {self.scheme}` needs a key for tags in `fields`, got none")

    def tag_scheme(self) -> str:
        return self.scheme

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads examples, streaming.

        Raises:
            InputError: a line that is not a JSON object, a missing key, or a value of another kind, also of another
                one than the label of an earlier line.
        """
        kinds: dict[str, str] = {}  # of labels -> where the first one is
        for path in paths:
            for number, row in json_objects(path):
                where = f"{path}:{number}"
                values = {field: _value(row, key, field, where) for field, key in self.fields.items()}
                if not values.get("label", "label").strip():
                    raise InputError(f"{where}: expected a label, got none")
                for field in {"label", "labels"} & set(values):
                    _check_kinds(row[self.fields[field]], kinds, where)
                tokens = values.pop("tokens", ())
                yield Example(where, values.pop("text", " ".join(tokens)), tokens, **values)

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        if not all(sample.texts and sample.texts[0].lstrip().startswith("{") for sample in samples):
            return None
        rows = [row for _, row in islice(json_objects(samples[0].path), SAMPLE_LINES)]
        fields: dict[str, str] = dict(wanted.options.get("fields") or {})
        for field in (
            () if fields else dict.fromkeys((*(("tokens",) if wanted.field == "tags" else ("text",)), wanted.field))
        ):
            keys = [key for key in NAMES[field] if _holds(rows, key, field)]
            if not keys:
                advice = f"name it: --set options.fields={{{field}: KEY, ...}}; keys: {', '.join(rows[0])[:200]}"
                raise InputError(f"{samples[0].path}:1: expected a key of {field}, recognised none; {advice}")
            fields[field] = keys[0]
        found = "JSON Lines; " + ", ".join(f"{field} under {key!r}" for field, key in fields.items())
        if not wanted.entities:
            return Recognition(Evidence.SIGNATURE, {"fields": fields}, found)
        scheme = wanted.options.get("scheme") or recognise_scheme([row.get(fields["tags"], ()) for row in rows])
        return Recognition(Evidence.SIGNATURE, {"fields": fields, "scheme": scheme or "none"}, f"{found} ({scheme})")


def _holds(rows: Sequence[Mapping[str, Any]], key: str, field: str) -> bool:
    """Whether every row has a value under a key that the field may have."""
    kinds = list if field in LISTS else (str, int, float) if field == "label" else str
    return all(isinstance(row.get(key), kinds) for row in rows)


def _value(row: Mapping[str, Any], key: str, field: str, where: str) -> Any:
    """A text, a tuple of words or tags without white space around them, or a label: numbers as JSON writes them."""
    if key not in row:
        raise InputError(f"{where}: expected the key {key!r}, got none{nearest(key, list(row))}")
    value = row[key]
    if field in LISTS:
        if not isinstance(value, list):
            raise InputError(f"{where}: expected a list of {key!r}, got {_kind(value)}")
        if field == "labels":
            value = [json.dumps(item) if _is_number(item) else item for item in value]
        wrong = next((item for item in value if not isinstance(item, str) or not item.strip()), "")
        if wrong != "" or "" in value:
            raise InputError(f"{where}: expected words in {key!r}, got {_kind(wrong)}")
        found = tuple(item.strip() for item in value)
        return tuple(dict.fromkeys(found)) if field == "labels" else found
    if isinstance(value, str) or (field == "label" and _is_number(value)):
        return value if isinstance(value, str) else json.dumps(value)
    expected = "a label: a word or a number" if field == "label" else "a text"
    raise InputError(f"{where}: expected {expected} under {key!r}, got {_kind(value)}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _check_kinds(value: Any, kinds: dict[str, str], where: str) -> None:
    """Refuses a label that is text where an earlier one is a number, or the other way round; adds to `kinds`."""
    for item in value if isinstance(value, list) else [value]:
        kinds.setdefault("text" if isinstance(item, str) else "numbers", where)
    if len(kinds) > 1:
        (first, place), (other, _) = kinds.items()
        advice = "write all labels as text"
        raise InputError(f"{where}: expected labels that are {first}, as in {place}, got {other}; {advice}")


def _kind(value: Any) -> str:
    """The kind of a value, for messages."""
    if isinstance(value, str):
        return f"the text {value[:60]!r}" if value.strip() else "an empty item"
    return {dict: "an object", list: "a list"}.get(type(value)) or json.dumps(value)[:60]
