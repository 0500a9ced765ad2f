"""Readers: formats of files. A module offers `Reader`, a frozen dataclass of the format's options."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.data.examples import Example
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

    def tag_scheme(self) -> str:
        """The scheme of the entity tags that `read` gives; `none`: its tags are of another kind, or it has none."""
        return "none"

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        """How it reads the files of a split, told by their beginnings; None: they are of another format.

        Raises:
            InputError: they are of this format, but what is wanted may stand at several places; the message names the
                option that settles it.
        """
        return None
