"""Readers: formats of files. A module offers `Reader`, a frozen dataclass of the format's options."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.data.examples import Example
from pipelines.data.lines import check_encoding, numbered_lines
from pipelines.data.tag_notation import TagNotation
from pipelines.datasets.foreign_formats import check_is_text
from pipelines.datasets.recognition import Recognition, Sample, Wanted


class FileReader(ABC):
    """What a reader offers."""

    @abstractmethod
    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads the files of a split, streaming; errors name file and line.

        Raises:
            InputError: a file is missing or malformed.
        """

    def files_a_split(self) -> int | None:
        """How many files make a split, or None for any number, one after another."""
        return None

    def tag_notation(self) -> TagNotation:
        """How the entity tags that `read` gives are written; scheme `none`: they are of another kind, or none."""
        return TagNotation()

    def sets_apart(self) -> bool:
        """Whether `read` gives examples without a label among those that have one."""
        return False

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        """How it reads the files of a split, told by their beginnings; None: they are of another format.

        Raises:
            InputError: they are of this format, but what is wanted may stand at several places; the message names the
                option that settles it.
        """
        return None


@dataclass(frozen=True, kw_only=True)
class TextReader(FileReader):
    """A reader of lines of text."""

    encoding: str = "utf-8"  # of the files, as Python names it: utf-16, cp1252, shift_jis

    def __post_init__(self) -> None:
        check_encoding(self.encoding)

    def read_lines(self, path: Path) -> Iterator[tuple[int, str]]:
        """The lines of a file with their numbers, see `numbered_lines`.

        Raises:
            InputError: the file is missing, damaged or no text of this encoding.
        """
        check_is_text(path)
        return numbered_lines(path, self.encoding)
