"""Vectors of words from those of their character n-grams, as fastText makes them; NumPy alone is needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np

from embeddings.foundation.arrays import open_array
from embeddings.foundation.errors import InputError
from embeddings.foundation.files import write_json
from embeddings.foundation.reading import read_json

TABLE, LENGTHS = "subwords.npy", "subwords.json"


class Lengths(msgspec.Struct):
    """Of n-grams, in characters."""

    minimum_characters: Annotated[int, msgspec.Meta(ge=1)]
    maximum_characters: Annotated[int, msgspec.Meta(le=1000)]


@dataclass(frozen=True)
class Subwords:
    """Vectors of character n-grams, which share rows by their hash.

    Args:
        table: float32 (buckets, dimensions).
        minimum_characters: of an n-gram.
        maximum_characters: of an n-gram.

    Reference: Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL 2017, sections 3.2 and 3.3.
    """

    table: np.ndarray
    minimum_characters: int
    maximum_characters: int

    def matrix(self, words: Sequence[str]) -> np.ndarray:
        """The vectors of words: the mean of their n-grams', float32 (words, dimensions), zeros where there are none."""
        found = np.zeros((len(words), self.table.shape[1]), dtype=np.float32)
        for row, word in enumerate(words):
            if rows := [self._bucket(ngram) for ngram in self.ngrams(word)]:
                found[row] = self.table[rows].mean(axis=0)
        return found

    def ngrams(self, word: str) -> Iterable[str]:
        """The n-grams of a word between `<` and `>`, which alone are none."""
        marked = f"<{word}>"
        for start in range(len(marked)):
            for end in range(start + self.minimum_characters, min(start + self.maximum_characters, len(marked)) + 1):
                if end - start > 1 or 0 < start < len(marked) - 1:
                    yield marked[start:end]

    def _bucket(self, ngram: str) -> int:
        """The row of an n-gram: FNV-1a of its UTF-8 bytes, taken with their signs, which fastText does."""
        value = 2166136261
        for byte in ngram.encode("utf-8", errors="surrogatepass"):
            value = ((value ^ (byte | 0xFFFFFF00 if byte > 127 else byte)) * 16777619) & 0xFFFFFFFF
        return value % len(self.table)

    def save(self, folder: Path) -> None:
        """Writes `subwords.npy` and `subwords.json`."""
        np.save(folder / TABLE, np.asarray(self.table, dtype=np.float32), allow_pickle=False)
        lengths = {"minimum_characters": self.minimum_characters, "maximum_characters": self.maximum_characters}
        write_json(folder / LENGTHS, lengths)

    @classmethod
    def load(cls, folder: Path) -> "Subwords | None":
        """Reads what `save` wrote, memory-mapped and read-only; None where there is nothing.

        Raises:
            InputError: it is not whole.
        """
        if not (folder / LENGTHS).exists() and not (folder / TABLE).exists():
            return None
        lengths = read_json(folder / LENGTHS, Lengths)
        least, most = lengths.minimum_characters, lengths.maximum_characters
        if least > most:
            raise InputError(f"{folder / LENGTHS}: expected two numbers of characters, got {least!r} and {most!r}")
        try:
            table = open_array(folder / TABLE)
        except OSError as error:
            raise InputError(f"{folder / TABLE}: expected vectors of n-grams, got an error: {error}") from None
        if table.dtype != np.float32 or table.ndim != 2 or not len(table):
            raise InputError(
                f"{folder / TABLE}: expected float32 (n-grams, dimensions), got {table.dtype} {table.shape}"
            )
        return cls(table, least, most)
