"""Configuration files: YAML that becomes a frozen dataclass, and the configuration of word vectors."""

import dataclasses
import difflib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import dacite
import yaml

from embeddings.errors import InputError
from embeddings.seeds import check_seed

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


FILE_KEYS = ("path", "tokenizer", "language", "maximum_words", "sha256")  # of algorithm `file` alone
_TRAINED = ("cbow", "skip_gram")  # the algorithms of every other key, but for these
_ALGORITHMS_OF = {
    "algorithm": (*_TRAINED, "random", "file"),
    "dimensions": (*_TRAINED, "random", "file"),
    "seed": (*_TRAINED, "random"),
}


@dataclass(frozen=True)
class VectorsConfig:
    """How an artefact of word vectors is made. Names are gensim's, spelt out."""

    algorithm: Literal["cbow", "skip_gram", "random", "file"]
    dimensions: int
    seed: int = -1  # 0 or more; needed unless vectors come from a file
    corpus: tuple[str, ...] = ()  # prepared splits: JSON Lines with lists of tokens
    field: Literal["tokens", "target_tokens"] = "tokens"
    window: int = 5
    minimum_count: int = 5
    negative_samples: int = 5
    subsampling: float = 1e-3  # threshold above which frequent words are down-sampled
    learning_rate: float = 0.025
    epochs: int = 5
    workers: int = 1  # more than one is faster and no longer deterministic
    keep_output_weights: bool = False  # those of negative sampling, as many as the vectors; training goes on from them
    continue_from: str | None = None  # folder of an artefact that kept its output weights
    path: str | None = None  # below $ELMAN_DATA, else relative to here: word2vec's text or binary format, or GloVe's
    tokenizer: str | None = None  # the one whose words the file holds; a dataset's must be the same
    language: str | None = None  # `en` is scored on the English test sets
    maximum_words: int | None = None  # only so many, from the beginning
    sha256: str | None = None  # the file's; it is verified

    def __post_init__(self) -> None:
        self._check_keys_of_the_algorithm()
        for name in ("dimensions", "window", "minimum_count", "negative_samples", "epochs", "workers"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} of at least 1, got {getattr(self, name)}")
        if self.learning_rate <= 0 or self.subsampling < 0:
            raise ValueError("expected a positive learning_rate and no negative subsampling")
        if self.maximum_words is not None and self.maximum_words < 1:
            raise ValueError(f"expected maximum_words of at least 1, got {self.maximum_words}")

    def _check_keys_of_the_algorithm(self) -> None:
        if (self.algorithm in _TRAINED) != bool(self.corpus):
            raise ValueError(
                f"algorithm {self.algorithm!r}: expected a corpus for cbow and skip_gram, and none for random and file"
            )
        for name in self._keys_given():
            algorithms = ("file",) if name in FILE_KEYS else _ALGORITHMS_OF.get(name, _TRAINED)
            if self.algorithm not in algorithms:
                known = " and ".join(algorithms)
                raise ValueError(f"the key {name!r} belongs to algorithm {known}, got {self.algorithm!r}; remove it")
        missing = [name for name in ("path", "tokenizer") if self.algorithm == "file" and not getattr(self, name)]
        missing += ["seed"] if self.algorithm != "file" and self.seed == -1 else []
        if missing:
            raise ValueError(f"the key {missing[0]!r} is missing")
        if self.algorithm != "file":
            check_seed(self.seed)

    def _keys_given(self) -> list[str]:
        """Names of the fields that hold something else than their default."""
        return [field.name for field in dataclasses.fields(self) if getattr(self, field.name) != field.default]

    def described(self) -> dict[str, Any]:
        """The keys that apply, for the provenance."""
        keys = dataclasses.asdict(self)
        if self.algorithm == "file":
            keys = {key: keys[key] for key in ("algorithm", "dimensions", *FILE_KEYS)}
        return {key: value for key, value in keys.items() if value is not None and value is not False}
