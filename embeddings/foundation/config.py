"""Configuration files: YAML that becomes a frozen dataclass."""

import dataclasses
import difflib
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

import dacite
import yaml

from embeddings.foundation.errors import InputError

Config = TypeVar("Config")
_EXPONENT = re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+")


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Reads a YAML file that holds one mapping.

    Raises:
        InputError: the file is missing, is not YAML, or holds something else than a mapping.
    """
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such configuration file{nearest(Path(path).name, siblings(path))}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise InputError(f"{path}{line}: not valid YAML: {getattr(error, 'problem', error)}") from None
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
    """Reads those keys of a YAML file that a frozen dataclass has; the others are left to whoever reads them."""
    content = read_yaml(path)
    known = {field.name for field in dataclasses.fields(cast(Any, cls))}
    return build_config(cls, {key: value for key, value in content.items() if key in known}, path)


def build_config(cls: type[Config], values: Mapping[str, Any], where: str | Path) -> Config:
    """Builds a frozen dataclass from a mapping; `where` names its origin in errors."""
    if not isinstance(values, Mapping):
        raise InputError(f"{where}: expected a mapping of keys to values, got {type(values).__name__}")
    try:
        return dacite.from_dict(cls, freeze(values), dacite.Config(strict=True, type_hooks={float: _number}))
    except dacite.UnexpectedDataError as error:
        key = sorted(error.keys, key=str)[0]
        raise InputError(f"{where}: unknown key {key!r}{nearest(str(key), field_names(cls))}") from None
    except dacite.MissingValueError as error:
        raise InputError(f"{where}: the key {error.field_path!r} is missing") from None
    except dacite.WrongTypeError as error:
        key, kind = error.field_path or "", error.field_type
        got = values.get(key, error.value)
        choices = (get_args(part) for part in _parts(kind) if get_origin(part) is Literal)
        known = [str(value) for of_part in choices for value in of_part if value != ""]
        expected = "a known value" if known else _described(kind)
        hint = "; YAML takes it for text: write 1.0e-3" if kind is float and _EXPONENT.fullmatch(str(got)) else ""
        shown = f"{repr(got)[:60]}{nearest(str(got), known)}{hint}"
        raise InputError(f"{where}: expected {expected} under {key!r}, got {shown}") from None
    except dacite.DaciteError as error:
        raise InputError(f"{where}: {error}") from None
    except ValueError as error:  # a dataclass's own __post_init__
        raise InputError(f"{where}: {error}") from None


def _number(value: Any) -> Any:
    """A finite number as a float, as Keras wants it; anything else as text, which is refused with its key."""
    try:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:  # a whole number that no float can hold
        number = math.inf
    return number if math.isfinite(number) else str(value)


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
    """Names of the files beside `path` that have its suffix."""
    folder = Path(path).parent
    return sorted(file.name for file in folder.glob(f"*{Path(path).suffix}")) if folder.is_dir() else []


def field_names(cls: type) -> list[str]:
    """Every key that a dataclass and the dataclasses in its fields take."""
    names = []
    for field in dataclasses.fields(cls):
        names.append(field.name)
        for part in _parts(field.type):
            if dataclasses.is_dataclass(part) and isinstance(part, type):
                names.extend(field_names(part))
    return names


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
