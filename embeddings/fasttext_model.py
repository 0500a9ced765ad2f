"""fastText's own models (`.bin`), memory-mapped: words, and the table of their character n-grams.

gensim reads these files too, but never ends on one that is cut within a word.

Reference: https://github.com/facebookresearch/fastText, `FastText::saveModel`, `Dictionary::save`, `DenseMatrix::save`.
"""

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import MODEL_BYTES, check_limit
from embeddings.foundation.reading import open_file
from embeddings.foundation.subwords import Subwords

MAGIC = b"\xba\x16\x4f\x2f"
WORD_BYTES = 1 << 16  # a longer word is no word
ROWS = 1 << 16  # checked at a time
END_OF_SENTENCE = b"</s>"  # has no n-grams
_REPAIR = "the file is damaged, fetch it again"
# After the magic number: version, dimensions, window, epochs, minimum count, negative samples, word n-grams, loss,
# kind of model, buckets, shortest and longest n-gram, how often the rate is updated; subsampling.
_SETTINGS = struct.Struct("<4x13id")
_DICTIONARY = struct.Struct("<3i2q")  # entries, words, labels; tokens, entries of a pruned table
_ENTRY = struct.Struct("<qb")  # behind a word and a zero byte: its count and kind
_MATRIX = struct.Struct("<?2q")  # quantized, rows, columns


@dataclass(frozen=True)
class FastTextModel:
    """A model's vectors, read from its file as they are asked for.

    Args:
        words: UTF-8, or what the file has in its place; most frequent first.
        own: float32 (words, dimensions), of the words themselves.
        subwords: of their character n-grams; None where the model has none.
    """

    words: list[bytes]
    own: np.ndarray
    subwords: Subwords | None

    def vectors(self) -> Iterator[np.ndarray]:
        """Each word's vector: the mean of its own and of its n-grams', float32 (dimensions,)."""
        from gensim.models.fasttext import ft_ngram_hashes

        for word, own in zip(self.words, self.own, strict=True):
            if self.subwords is None or word == END_OF_SENTENCE:
                yield np.array(own)
                continue
            table, lengths = self.subwords.table, (self.subwords.minimum_characters, self.subwords.maximum_characters)
            rows = ft_ngram_hashes(word.decode("utf-8", "replace"), *lengths, len(table))
            yield (own + table[rows].sum(axis=0)) / np.float32(1 + len(rows))


def read_fasttext_model(path: Path) -> FastTextModel:
    """Reads a model that fastText or gensim wrote.

    Raises:
        InputError: it is damaged, quantized, or a classifier.
    """
    with open_file(path) as file:
        size = path.stat().st_size
        check_limit(path, "bytes", MODEL_BYTES, size)
        view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    try:
        _, dimensions, *_, buckets, shortest, longest, _, _ = _SETTINGS.unpack_from(view)
        place = _SETTINGS.size
        entries, count, labels, _, pruned = _DICTIONARY.unpack_from(view, place)
        place += _DICTIONARY.size
        if labels:
            raise InputError(f"{path}: expected word vectors, got a classifier of {labels} labels; train vectors")
        if not 0 < entries == count or pruned > 0:
            raise InputError(f"{path}: expected as many entries as words, got {entries} and {count}; {_REPAIR}")
        words, place = _words(path, view, place, entries)
        matrix = _matrix(path, view, place, entries + buckets, dimensions)
    except struct.error:
        raise InputError(f"{path}: expected a whole model of fastText, got {size:,} bytes; {_REPAIR}") from None
    _matrix(path, view, place + _MATRIX.size + matrix.nbytes, None, dimensions)
    for start in range(0, len(matrix), ROWS):
        if not np.isfinite(matrix[start : start + ROWS]).all():
            raise InputError(f"{path}: expected finite numbers, got others in a matrix; {_REPAIR}")
    if not 0 <= shortest <= longest < 1000:
        raise InputError(f"{path}: expected n-grams of 0 to 999 characters, got {shortest} to {longest}; {_REPAIR}")
    subwords = Subwords(matrix[entries:], max(1, shortest), longest) if buckets and longest else None
    return FastTextModel(words, matrix[:entries], subwords)


def _words(path: Path, view: mmap.mmap, place: int, entries: int) -> tuple[list[bytes], int]:
    words = []
    for number in range(1, entries + 1):
        end = view.find(b"\0", place, place + WORD_BYTES)
        if end < 0:
            raise InputError(f"{path}: word {number}: expected {entries} words, got the end of them; {_REPAIR}")
        words.append(view[place:end])
        place = end + 1
        _ENTRY.unpack_from(view, place)
        place += _ENTRY.size
    return words, place


def _matrix(path: Path, view: mmap.mmap, place: int, rows: int | None, columns: int) -> np.ndarray:
    """The numbers of a matrix at a place; the last one, whose rows are not known, ends with the file."""
    try:
        quantized, *shape = _MATRIX.unpack_from(view, place)
    except struct.error:
        raise InputError(f"{path}: expected a matrix, got the end of the file; {_REPAIR}") from None
    if quantized:
        raise InputError(f"{path}: expected a model of 32 bits, got a quantized one; use the `.bin`, or its `.vec`")
    begin = place + _MATRIX.size
    expected = [shape[0] if rows is None else rows, columns]
    bytes_left = len(view) - begin
    whole = min(expected) > 0 and 4 * expected[0] * columns <= bytes_left
    if shape != expected or not whole or (rows is None and 4 * shape[0] * columns != bytes_left):
        raise InputError(f"{path}: expected a matrix {expected} in {bytes_left:,} bytes, got {shape}; {_REPAIR}")
    return np.frombuffer(view, "<f4", shape[0] * columns, begin).reshape(shape)
