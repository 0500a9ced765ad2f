"""Entries of a runs file, added and removed as lines, so that comments and all other lines stay as they are."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from embeddings.foundation import plain_yaml
from embeddings.foundation.errors import InputError
from pipelines.project.yaml_text import WIDTH, flow


def with_entries(text: str, section: str, entries: Mapping[str, Mapping[str, Any]], path: Path) -> str:
    """The text of a runs file with more entries at the end of a section.

    Args:
        text: of the file.
        section: `runs` or `baselines`, at the first level, in block style or `{}`.
        entries: by name.
        path: of the file, for errors.

    Raises:
        InputError: the section is missing, is not written so, or has an entry of such a name.
    """
    lines = [f"{line}\n" for line in text.splitlines()]
    number = _line_of(lines, section, path)
    lines[number] = re.sub(r":\s*\{\s*\}", ":", lines[number])
    own = _lines_of_entries(text, section)
    if taken := next((name for name in entries if name in own), None):
        line = own[taken][0] + 1
        raise InputError(f"{path}:{line}: expected no entry {taken!r} of `{section}:`, got one; rename or remove it")
    end = max((last for _, last in own.values()), default=number) + 1
    added = [line for name, values in entries.items() for line in entry_lines(name, values)]
    return _checked("".join([*lines[:end], *added, *lines[end:]]), text, section, {**entries}, path)


def without_entries(text: str, section: str, names: Sequence[str], path: Path) -> str:
    """The text of a runs file without entries of a section.

    Raises:
        InputError: the section is missing, or is not in block style.
    """
    lines = text.splitlines(keepends=True)
    number = _line_of(lines, section, path)
    own = _lines_of_entries(text, section)
    gone = {line for name in names for line in range(own[name][0], own[name][1] + 1)}
    if set(own) == set(names):
        lines[number] = re.sub(rf"^{section}:", f"{section}: {{}}", lines[number])
    kept = "".join(line for place, line in enumerate(lines) if place not in gone)
    return _checked(kept, text, section, dict.fromkeys(names), path)


def entry_lines(name: str, values: Mapping[str, Any]) -> list[str]:
    """The lines of an entry: one, or its name and what it holds below."""
    line = f"  {name}: {flow(values)}"
    if len(line) <= WIDTH:
        return [f"{line}\n"]
    pairs = flow(values).replace(": ", ":\0")  # which are not divided
    wrapped = textwrap.wrap(pairs, WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 5, break_on_hyphens=False)
    return [f"  {name}:\n", *(f"{each}\n".replace("\0", " ") for each in wrapped)]


def _line_of(lines: Sequence[str], section: str, path: Path) -> int:
    found = [number for number, line in enumerate(lines) if re.match(rf"{section}:\s*(\{{\s*\}}\s*)?(#.*)?$", line)]
    if len(found) != 1:
        raise InputError(
            f"{path}: expected a line `{section}:` with an entry on each line below, got none; write it so"
        )
    return found[0]


def _lines_of_entries(text: str, section: str) -> dict[str, tuple[int, int]]:
    """The first and the last line of each entry, from 0."""
    root: Any = yaml.compose(text, yaml.SafeLoader)
    lines = text.splitlines()
    found = {}
    for name, node in root.value:
        for key, value in node.value if name.value == section and isinstance(node, yaml.MappingNode) else ():
            last = value.end_mark.line if value.end_mark.column else value.end_mark.line - 1
            while last > key.start_mark.line and not re.sub(r"\s*(#.*)?", "", lines[last]):
                last -= 1  # a block ends where the next one begins
            found[key.value] = (key.start_mark.line, last)
    return found


def _checked(new: str, old: str, section: str, changed: Mapping[str, Any], path: Path) -> str:
    """The new text, which says what the old one says, but for the entries that changed; None: is not there any more."""
    expected = plain_yaml.read(old)
    entries = {**(expected.get(section) or {}), **changed}
    expected[section] = {name: values for name, values in entries.items() if values is not None}
    try:
        found = plain_yaml.read(new)
    except yaml.YAMLError:
        found = None
    if found != expected:
        raise InputError(f"{path}: expected `{section}:` in block style, an entry on each line; write it so")
    return new
