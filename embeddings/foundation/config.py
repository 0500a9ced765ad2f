"""Configuration files: YAML that becomes a frozen dataclass."""

import dataclasses
import difflib
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

import dacite
import yaml

from embeddings.foundation import plain_yaml
from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import YAML_BYTES
from embeddings.foundation.reading import read_bytes

Config = TypeVar("Config")


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Reads a YAML file that holds one mapping.

    Raises:
        InputError: the file is missing, is not YAML, holds something else than a mapping, or a value that another
            reader of YAML, such as DVC's, would read differently.
    """
    try:
        content = plain_yaml.read(read_bytes(path, YAML_BYTES).decode("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such configuration file{nearest(Path(path).name, siblings(path))}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        kind = "" if isinstance(error, plain_yaml.DifferentReadingsError) else "not valid YAML: "
        raise InputError(f"{path}{line}: {kind}{getattr(error, 'problem', error)}") from None
    except InputError:
        raise
    except (ValueError, RecursionError) as error:  # no UTF-8, a date that no calendar has, lists in lists in lists
        raise InputError(f"{path}: not valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected a mapping of keys to values, got {type(content).__name__}")
    return content


def load_config(cls: type[Config], path: str | Path, overrides: Mapping[str, Any] | None = None) -> Config:
    """Reads a YAML file into a frozen dataclass; an unknown key or a value of a wrong type is refused.

    Args:
        cls: the dataclass.
        path: the file.
        overrides: values that replace the file's, by top-level key.
    """
    return build_config(cls, {**read_yaml(path), **(overrides or {})}, path)


def load_part(cls: type[Config], path: str | Path) -> Config:
    """Reads those keys of a YAML file that a frozen dataclass has; the others are ignored."""
    return build_part(cls, read_yaml(path), path)


def build_part(cls: type[Config], values: Mapping[str, Any], where: object) -> Config:
    """Builds a frozen dataclass from those keys of a mapping that it has; `where` is named in errors, as text."""
    known = {field.name for field in dataclasses.fields(cast(Any, cls))}
    if isinstance(values, Mapping):
        values = {key: value for key, value in values.items() if key in known}
    return build_config(cls, values, where)


def check_types(cls: type, values: Mapping[str, Any], where: object) -> None:
    """Refuses values of a wrong type for keys of a frozen dataclass, others of which may still be missing.

    Keys that the dataclass lacks are ignored, and what it checks itself is not checked.

    Raises:
        InputError: there is one.
    """
    given = [(field.name, field.type) for field in dataclasses.fields(cls) if field.name in values]
    build_part(dataclasses.make_dataclass(cls.__name__, given, frozen=True), values, where)


def build_config(cls: type[Config], values: Mapping[str, Any], where: object) -> Config:
    """Builds a frozen dataclass from a mapping; `where`, as text, names its origin in errors.

    A class with a class method `variants` is a choice of several, one of which is built: the method gives the key that
    chooses, such as `source`, and each of its values with the dataclass that it chooses. A key that has another name
    now is listed in a class variable `RENAMED`, old name -> new name.

    Raises:
        InputError: a key is unknown, missing, renamed or of another variant, or its value is wrong.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"{where}: expected a mapping of keys to values, got {type(values).__name__}")
    if "variants" in vars(cls):
        return _build_variant(cls, values, where)
    for field in dataclasses.fields(cast(Any, cls)):  # of which dacite makes no list
        if get_origin(field.type) is tuple and isinstance(got := values.get(field.name), Mapping):
            told = f"expected {_described(field.type)} under {field.name!r}, got {repr(got)[:60]}"
            raise InputError(f"{where}: {told}")
    try:
        return dacite.from_dict(
            cls, freeze(values), dacite.Config(strict=True, type_hooks={float: _number, int: _whole})
        )
    except dacite.UnexpectedDataError as error:
        key = sorted(error.keys, key=str)[0]
        if new_name := _renamed(cls).get(key):
            raise InputError(f"{where}: the key {key!r} is now {new_name!r}; rename it") from None
        raise InputError(f"{where}: unknown key {key!r}{nearest(str(key), field_names(cls))}") from None
    except dacite.MissingValueError as error:
        raise InputError(f"{where}: {_missing(cls, values, error.field_path)}") from None
    except dacite.WrongTypeError as error:
        key, kind = error.field_path or "", error.field_type
        got = values.get(key, error.value)
        choices = (get_args(part) for part in _parts(kind) if get_origin(part) is Literal)
        known = [str(value) for of_part in choices for value in of_part if value != ""]
        expected = "a known value" if known else _described(kind)
        shown = f"{repr(got)[:60]}{nearest(str(got), known)}"
        raise InputError(f"{where}: expected {expected} under {key!r}, got {shown}") from None
    except dacite.DaciteError as error:
        raise InputError(f"{where}: {error}") from None
    except ValueError as error:  # a dataclass's own __post_init__
        raise InputError(f"{where}: {error}") from None


def _build_variant(cls: Any, values: Mapping[str, Any], where: object) -> Any:
    """Builds the dataclass that one of the values chooses; a key of another one is refused with what it belongs to."""
    key, variants = cls.variants()
    if key not in values:
        raise InputError(f"{where}: the key {key!r} is missing")
    chosen = values[key]
    if not isinstance(chosen, str) or chosen not in variants:
        shown = f"{repr(chosen)[:60]}{nearest(str(chosen), list(variants))}"
        raise InputError(f"{where}: expected a known value under {key!r}, got {shown}")
    keys = {name: {field.name for field in dataclasses.fields(kind)} for name, kind in variants.items()}
    for name in values:
        owners = [each for each in variants if name in keys[each]]
        if owners and chosen not in owners:
            belongs = f"the key {name!r} belongs to {key} {' and '.join(owners)}"
            raise InputError(f"{where}: {belongs}, got {chosen!r}; remove it")
    return build_config(variants[chosen], values, where)


def _missing(cls: Any, values: Mapping[str, Any], first: str | None) -> str:
    """The keys that have no default and are not given, or else the first one that a dataclass in a field lacks."""
    lacking = [
        field.name
        for field in dataclasses.fields(cls)
        if field.default is field.default_factory is dataclasses.MISSING and field.name not in values
    ]
    if len(lacking) < 2:
        return f"the key {first!r} is missing"
    return f"the keys {', '.join(map(repr, lacking[:-1]))} and {lacking[-1]!r} are missing"


def _number(value: Any) -> Any:
    """A finite number as a float, as Keras wants it; anything else as text, which is refused with its key."""
    try:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:  # a whole number that no float can hold
        number = math.inf
    return number if math.isfinite(number) else str(value)


def _whole(value: Any) -> Any:
    """A value of a key that takes whole numbers; a truth value, which is one to Python, as text, which is refused."""
    return str(value).lower() if isinstance(value, bool) else value


def _described(kind: Any) -> str:
    """A type as a message names it."""
    if get_origin(kind) in (dict, Mapping):
        return "a mapping of keys to values"
    if kind is float:
        return "a finite number"
    return str(kind) if get_args(kind) else kind.__name__


def freeze(value: Any) -> Any:
    """Turns lists into tuples, at any depth."""
    if isinstance(value, Mapping):
        return {key: freeze(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    return value


def nearest(name: str, known: list[str]) -> str:
    """The end of an error message: the nearest known name, or the known ones; of long names their beginnings."""
    name, known = name[:60], [each[:60] for each in known]
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    shown = known if len(known) <= 30 else [*known[:30], "..."]
    return f"; known: {', '.join(shown)}" if known else ""


def siblings(path: str | Path) -> list[str]:
    """Names of the files next to `path` that have its suffix."""
    folder = Path(path).parent
    return sorted(file.name for file in folder.glob(f"*{Path(path).suffix}")) if folder.is_dir() else []


def field_names(cls: type) -> list[str]:
    """Every key that a dataclass and the dataclasses in its fields take."""
    return [field.name for each in _dataclasses(cls) for field in dataclasses.fields(each)]


def _renamed(cls: type) -> dict[str, str]:
    """The keys of a dataclass and of the dataclasses in its fields that have another name now: old -> new."""
    return {old: new for each in _dataclasses(cls) for old, new in getattr(each, "RENAMED", {}).items()}


def _dataclasses(cls: Any) -> Iterator[Any]:
    """A dataclass and the dataclasses in its fields, at any depth."""
    yield cls
    for field in dataclasses.fields(cls):
        for part in _parts(field.type):
            if dataclasses.is_dataclass(part):
                yield from _dataclasses(part)


def _parts(kind: Any) -> Iterator[Any]:
    """A type and the types in its brackets, at any depth."""
    yield kind
    for argument in get_args(kind):
        yield from _parts(argument)


def check_share(name: str, value: float) -> None:
    """Raises a ValueError for a value that is no share: from 0 to below 1."""
    if not 0 <= value < 1:
        raise ValueError(f"expected {name} from 0 to below 1, got {value}")


def check_above_zero(name: str, value: float) -> None:
    """Raises a ValueError for a value of zero or below."""
    if value <= 0:
        raise ValueError(f"expected {name} above 0, got {value}")
