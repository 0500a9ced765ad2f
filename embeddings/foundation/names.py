"""Names that stand in commands, paths and parameters: of runs, datasets, configurations and vectors."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from embeddings.foundation.config import read_yaml
from embeddings.foundation.errors import InputError
from embeddings.foundation.plain_yaml import Entry, is_text

_FORM = re.compile(r"[^\W_][\w-]*")
LONGEST = 200  # bytes of a name: a file may have 255, with what is put before and behind it


def check_name(kind: str, name: object) -> None:
    """Raises a ValueError for a name that the shell, DVC or YAML would read as something else.

    A shell splits at spaces and obeys `;`, DVC nests at dots, YAML takes `100` for a number and `yes` for true.

    Args:
        kind: what is named, for the message.
        name: the name.
    """
    if not isinstance(name, str) or not _FORM.fullmatch(name) or not is_text(name):
        form = "letters, digits, `_` and `-`, the first a letter or digit, that YAML reads as text"
        raise ValueError(f"expected a {kind} of {form}, got {name!r}; rename it")
    if (size := len(name.encode("utf-8"))) > LONGEST:
        raise ValueError(f"expected a {kind} of at most {LONGEST} bytes, got {size}: {name[:20]!r}...; shorten it")


def check_names(config: Any, *kinds: str) -> None:
    """Raises a ValueError for a field of a configuration that is no name."""
    for kind in kinds:
        check_name(kind, getattr(config, kind))


def name_of_file(path: Path, kind: str) -> str:
    """The name that a configuration file gives to what it describes: its own, without the suffix.

    Raises:
        InputError: it would be read as something else.
    """
    try:
        check_name(f"name of a {kind}", path.stem)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    return path.stem


def named_entries(path: str | Path, section: str, kind: str) -> Iterator[tuple[str, Any, Entry]]:
    """What a YAML file lists by name under a key: each name, what is there, and its place for messages.

    Args:
        path: the file.
        section: the key; what it lacks, or holds null there, lists nothing.
        kind: what is named.

    Raises:
        InputError: it holds something else there, or a name that would be read as something else.
    """
    entries = read_yaml(path).get(section) or {}
    if not isinstance(entries, dict):
        raise InputError(f"{path}: expected a mapping `{section}:` of names to entries")
    for name, values in entries.items():
        place = Entry(path, (section, name), f"{kind} {name!r}")
        try:
            check_name(f"name of a {kind}", name)
        except ValueError as error:
            raise InputError(f"{place}: {error}") from None
        yield name, values, place
