"""Which reader reads some files, and with which options: each reader is asked whether it recognises them."""

import dataclasses
from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from embeddings.foundation import plugins
from embeddings.foundation.config import check_types
from embeddings.foundation.errors import InputError
from embeddings.foundation.reading import open_file
from pipelines.data.lines import check_encoding, numbered_lines
from pipelines.datasets.foreign_formats import check_is_text

MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # first bytes of a text -> its encoding
READERS = "pipelines.datasets.readers"
SAMPLE_LINES = 2_000


class Evidence(IntEnum):
    """What a file is recognised by: the smaller, the less else it can be."""

    SIGNATURE = 0  # something that other formats do not have
    LAYOUT = 1  # the form of its lines
    ANY_TEXT = 2


class Recognition(NamedTuple):
    """How a reader reads a file."""

    evidence: Evidence
    options: Mapping[str, Any]  # of the reader; those that are not named keep their defaults
    found: str  # for people: columns, separator, keys
    unsure: str = ""  # what may be otherwise, with the option that settles it


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What is looked for: the field of an example, and the options that the user has given."""

    field: str  # text | label | labels | tags | target_text
    entities: bool = False  # whether tags are of entities
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class Sample:
    """A file that a reader may recognise, by its name and its first lines, which are read when they are asked for.

    Args:
        path: of the file.
        encoding: if it is known.
    """

    def __init__(self, path: Path, encoding: str = "") -> None:
        self.path = path
        self._encoding = encoding

    @cached_property
    def encoding(self) -> str:
        """The encoding that is known, or that the first bytes tell."""
        if self._encoding or self.path.is_dir():
            return self._encoding or "utf-8"
        with open_file(self.path) as file:
            return MARKS.get(file.read(2), "utf-8")

    @cached_property
    def beginning(self) -> str:
        """The first lines, white space before them left out, also of XML; empty where they are no text."""
        try:
            return "\n".join(line for _, line in self.numbered).lstrip()
        except InputError:
            return ""

    @cached_property
    def lines(self) -> Sequence[str]:
        """The first lines, without their ends.

        Raises:
            InputError: the file is no text, or damaged.
        """
        if not self.path.is_dir():
            check_is_text(self.path)
        return [line for _, line in self.numbered]

    @cached_property
    def numbered(self) -> Sequence[tuple[int, str]]:
        """The first lines with their numbers.

        Raises:
            InputError: the file is damaged.
        """
        lines = iter(()) if self.path.is_dir() else numbered_lines(self.path, self.encoding)
        return list(islice(lines, SAMPLE_LINES))

    @property
    def texts(self) -> Sequence[str]:
        """The lines that are not blank."""
        return [line for line in self.lines if line.strip()]

    @property
    def is_whole(self) -> bool:
        """Whether these are all lines of the file."""
        return len(self.lines) < SAMPLE_LINES


def recognise(paths: Sequence[Path], wanted: Wanted, reader: str = "") -> tuple[str, Recognition]:
    """The reader of a split's files, and how it reads them.

    Args:
        paths: the files.
        wanted: what they are to give.
        reader: its name, if it is known.

    Raises:
        InputError: no reader recognises them, or several do.
    """
    check_encoding(encoding := wanted.options.get("encoding", "utf-8"))
    samples = [Sample(path, encoding if "encoding" in wanted.options else "") for path in paths]
    for path in paths:
        if path.is_file() and not path.stat().st_size:
            raise InputError(f"{path}:1: expected text, got an empty file; write or download it again")
    problems: dict[str, str] = {}  # reader -> why it cannot read them
    found: dict[str, Recognition] = {}
    for name in [reader] if reader else plugins.names(READERS):
        try:
            check_types(kind := plugins.load(READERS, name).Reader, wanted.options, f"reader {name}")
            recognition = kind.recognise(samples, wanted)
        except InputError as error:
            problems[name] = str(error)
            continue
        if recognition:
            has_encoding = "encoding" in kind.__dataclass_fields__ and samples[0].encoding != "utf-8"
            told = {"encoding": samples[0].encoding} if has_encoding else {}
            found[name] = recognition._replace(options={**recognition.options, **told})
    if not found:
        if reader and not problems:
            return reader, Recognition(Evidence.ANY_TEXT, {}, "as its options say")
        advice = f"name its reader (--reader {', '.join(plugins.names(READERS))}), or see docs/your-data.md"
        told = list(dict.fromkeys(problems.values()))
        if len(told) == 1:
            raise InputError(told[0])
        if told:
            ways = " / ".join(f"{name}: {problem}" for name, problem in problems.items())
            raise InputError(f"{paths[0]}: several readers recognise it, none can read it: {ways}")
        raise InputError(f"{paths[0]}: expected a file with {wanted.field}, recognised none; {advice}")
    best = min(each.evidence for each in found.values())
    names = [name for name, each in found.items() if each.evidence == best]
    if len(names) > 1:
        ways = " or ".join(f"{name} ({found[name].found})" for name in names)
        raise InputError(f"{paths[0]}: may be read as {ways}; choose one with --reader")
    return names[0], found[names[0]]
