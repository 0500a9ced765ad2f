"""Rows of named values, as JSON Lines and Parquet have them, and the fields of an example that they become."""

import json
import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.options import LabelOptions, TagOptions, named, notation_options
from pipelines.datasets.recognition import Evidence, Recognition, Wanted

SCALARS, LISTS = ("text", "label", "target_text"), ("tokens", "tags", "labels", "target_tokens")
NAMES = {  # under which others store a field
    "text": ("text", "sentence", "review", "content", "body", "comment", "source", "src"),
    "label": ("label", "class", "category", "sentiment", "rating", "stars", "topic", "intent"),
    "labels": ("labels", "topics", "categories", "tags"),
    "tokens": ("tokens", "words"),
    "tags": ("tags", "ner_tags", "pos_tags", "labels", "ner", "pos", "upos"),
    "target_text": ("target", "translation", "tgt", "target_text"),
}
_NAMED = {"label": "label_names", "labels": "label_names", "tags": "tag_names"}  # field -> names of its numbers


@dataclass(frozen=True)
class FieldOptions(LabelOptions, TagOptions):
    """Which value becomes which field, and how labels and tags are written."""

    fields: dict[str, str]  # field of an example -> its key in a row, as `{text: review, label: stars}`; `a.b`: b in a

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

    def examples(
        self, rows: Iterable[tuple[str, Mapping[str, Any]]], names: Mapping[str, tuple[str, ...]] | None = None
    ) -> Iterator[Example]:
        """The examples of rows, each with its place.

        Args:
            rows: places and values.
            names: key -> the names of its numbers, where the file has them and the options have none.

        Raises:
            InputError: a missing key, or a value of another kind, also of another one than the label of an earlier row.
        """
        kinds: dict[str, str] = {}  # of labels -> where the first one is
        for where, row in rows:
            values = {}
            for field, key in self.fields.items():
                value = value_under(key, row, where)
                if self.unlabelled and field in _NAMED and value in (None, "", -1):
                    values[field] = None
                    continue
                value = self._with_names(value, field, (names or {}).get(key, ()), where)
                values[field] = _converted(value, key, field, where)
                if field in ("label", "labels"):
                    if not values[field] and field == "label":
                        raise InputError(f"{where}: expected a label, got none")
                    _check_kinds(value, kinds, where)
            tokens = values.pop("tokens", ())
            yield Example(where, values.pop("text", " ".join(tokens)), tokens, **values)

    def _with_names(self, value: Any, field: str, known: tuple[str, ...], where: str) -> Any:
        """A value with names in the place of its numbers, if the options or else the file name them."""
        option = _NAMED.get(field, "")
        if not option or not (names := getattr(self, option) or known):
            return value
        return (
            [named(item, names, option, where) for item in value]
            if isinstance(value, list)
            else named(value, names, option, where)
        )


def column_of(key: str, known: Container[str]) -> str:
    """The column that a key is of: `translation.en` is `en` in `translation`, where none is named so itself."""
    return key if key in known else key.partition(".")[0]


def value_under(key: str, row: Mapping[str, Any], where: str) -> Any:
    """The value of a row under a key, or under `b` of the object under `a` where the key is `a.b`.

    Raises:
        InputError: there is none; `where` is the place of the row.
    """
    holder, name = row, key
    if (outer := column_of(key, row)) != key and isinstance(row.get(outer), dict):
        holder, name = row[outer], key.removeprefix(f"{outer}.")
    if name not in holder:
        raise InputError(f"{where}: expected the key {key!r}, got none{nearest(key, list(row))}")
    return holder[name]


def _converted(value: Any, key: str, field: str, where: str) -> Any:
    """A text, a tuple of words or tags without white space around them, or a label: of a number its digits."""
    if field in LISTS:
        if not isinstance(value, list):
            raise InputError(f"{where}: expected a list of {key!r}, got {_kind(value)}")
        if field == "labels":
            value = [_written(item) if _is_number(item) else item for item in value]
        wrong = next((item for item in value if not isinstance(item, str) or not item.strip()), "")
        if wrong != "" or "" in value:
            raise InputError(f"{where}: expected words in {key!r}, got {_kind(wrong)}")
        found = tuple(item.strip() for item in value)
        return tuple(dict.fromkeys(found)) if field == "labels" else found
    if isinstance(value, str) or (field == "label" and _is_number(value)):
        if field == "label":
            return value.strip() if isinstance(value, str) else _written(value)
        return value
    expected = "a label: a word or a number" if field == "label" else "a text"
    raise InputError(f"{where}: expected {expected} under {key!r}, got {_kind(value)}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _written(value: float) -> str:
    """A number as JSON writes it, a whole one without `.0`; or a truth value."""
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value)


def _check_kinds(value: Any, kinds: dict[str, str], where: str) -> None:
    """Refuses a label of another kind than an earlier one, text, a number or a truth value; adds to `kinds`."""
    for item in value if isinstance(value, list) else [value]:
        kinds.setdefault({str: "text", bool: "truth values"}.get(type(item), "numbers"), where)
    if len(kinds) > 1:
        (first, place), (other, _) = kinds.items()
        advice = "write all labels as text"
        raise InputError(f"{where}: expected labels that are {first}, as in {place}, got {other}; {advice}")


def _kind(value: Any) -> str:
    """The kind of a value, for messages."""
    if isinstance(value, str):
        return f"the text {value[:60]!r}" if value.strip() else "an empty item"
    return {dict: "an object", list: "a list"}.get(type(value)) or (
        json.dumps(value)[:60] if value is None or isinstance(value, bool | int | float) else type(value).__name__
    )


def recognise_fields(
    places: Sequence[tuple[str, Mapping[str, Any]]],
    wanted: Wanted,
    called: str,
    names: Mapping[str, tuple[str, ...]] | None = None,
) -> Recognition:
    """Which keys of rows are the fields that are wanted.

    Args:
        places: the first rows, each with its place.
        wanted: what is looked for.
        called: the format, for people.
        names: key -> the names of its numbers, where the file has them.

    Raises:
        InputError: a field has no key, or what should be tags is something else, or numbers without names.
    """
    where, rows = places[0][0], [row for _, row in places]
    fields: dict[str, str] = dict(wanted.options.get("fields") or {})
    if wanted.field == "target_text" and not fields:
        fields = _translations(rows)
        if fields:
            shown = ", ".join(f"{field} under {key!r}" for field, key in fields.items())
            text, target = fields.values()
            unsure = f"the direction may be reversed: --set 'options.fields={{text: {target}, target_text: {text}}}'"
            return Recognition(Evidence.SIGNATURE, {"fields": fields}, f"{called}; {shown}", unsure)
    needed = ("tokens" if wanted.field == "tags" else "text", wanted.field)
    for field in () if fields else dict.fromkeys(needed):
        keys = [key for key in NAMES[field] if _holds(rows, key, field)]
        if not keys:
            advice = f"name it: --set options.fields={{{field}: KEY, ...}}; keys: {', '.join(rows[0])[:200]}"
            kind = "a list" if field in LISTS else "text"
            raise InputError(f"{where}: expected a key of {field} with {kind} in each object, got none; {advice}")
        fields[field] = keys[0]
    found = f"{called}; " + ", ".join(f"{field} under {key!r}" for field, key in fields.items())
    if wanted.field != "tags":
        return Recognition(Evidence.SIGNATURE, {"fields": fields}, found)
    values = [row.get(fields.get("tags", "")) for row in rows]
    tag_names, named_by_file = wanted.options.get("tag_names", ()), (names or {}).get(fields.get("tags", ""))
    numbers = (tag for value in values if isinstance(value, list) for tag in value if isinstance(tag, int))
    if not tag_names and not named_by_file and next(numbers, None) is not None:
        raise InputError(f"{where}: expected tags, got numbers; name them: --set options.tag_names=[O, B-PER, ...]")
    reader = FieldOptions(fields, tag_names=tuple(tag_names), unlabelled=wanted.options.get("unlabelled", False))
    sentences = [example.tags for example in reader.examples(places, names) if example.tags is not None]
    if not sentences:
        raise InputError(f"{where}: expected tags, got none; name their key: --set options.fields={{..., tags: KEY}}")
    options, told = notation_options(sentences, wanted.options) if wanted.entities else ({}, "")
    return Recognition(Evidence.SIGNATURE, {"fields": fields, **options}, found + told)


def _translations(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The fields of rows of `{"translation": {"en": ..., "de": ...}}`; none where they are of another form."""
    found = [row.get("translation") for row in rows]
    first = found[0]
    if not isinstance(first, dict) or len(first) != 2:
        return {}
    if not all(isinstance(each, dict) and each.keys() == first.keys() for each in found):
        return {}
    return {field: f"translation.{language}" for field, language in zip(("text", "target_text"), first, strict=True)}


def _holds(rows: Sequence[Mapping[str, Any]], key: str, field: str) -> bool:
    """Whether every row has a value under a key that the field may have."""
    kinds = list if field in LISTS else (str, int, float) if field == "label" else str
    return all(isinstance(row.get(key), kinds) for row in rows)
