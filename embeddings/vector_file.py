"""Files of word vectors of other programs, streamed word by word: word2vec's two formats, GloVe's and fastText's."""

import codecs
import io
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from embeddings.fasttext_model import MAGIC, FastTextModel, read_fasttext_model
from embeddings.foundation.errors import InputError
from embeddings.foundation.reading import COMPRESSED, DAMAGE, open_text

LINE_BYTES = 1 << 20  # a longer line is no line of vectors
CHUNK_BYTES = 1 << 20
WORD_BYTES = 1 << 16  # a longer word is no word
LARGEST_DIMENSIONS = 1 << 16
_REPAIR = "the file is damaged, fetch it again"
_BINARY = "in word2vec's binary format"
_NUMBER = re.compile(rb"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r")


class Layout(NamedTuple):
    """The format of a file, from its beginning."""

    form: str  # word2vec_text | word2vec_binary | glove | fasttext
    words: int | None  # as the header says; GloVe's format has none
    dimensions: int
    model: FastTextModel | None = None  # of `fasttext`, which is read at once


class Row(NamedTuple):
    """A word of a file with its vector."""

    where: str  # file and line, or file and number of the word, for errors
    word: bytes
    vector: np.ndarray  # float32 (dimensions,), all finite


def detect(path: Path) -> Layout:
    """Detects the format of a file of vectors from its beginning.

    A first line of two whole numbers is word2vec's header; fastText's `.vec` has the same. Its second line ends with a
    number and holds no control characters, else the file is binary. Any other first line is a word and its numbers,
    as GloVe writes. fastText's `.bin` begins with a number of its own.

    Raises:
        InputError: the file is missing, empty, damaged, or has none of these formats.
    """
    with _opened(path) as file, _told(path, lambda: 1):
        first = file.readline(LINE_BYTES).removeprefix(codecs.BOM_UTF8)
        if first.startswith(MAGIC):
            return _fasttext(path)
        fields = first.split()
        if not fields:
            raise InputError(f"{path}:1: expected word vectors, got an empty {'line' if first else 'file'}")
        if len(fields) == 2 and all(field.isdigit() for field in fields):
            if not 0 < len(fields[1]) < 10 or not 1 <= int(fields[1]) <= LARGEST_DIMENSIONS or len(fields[0]) > 15:
                shown = first[:60].decode(errors="replace").strip()
                raise InputError(f"{path}:1: expected 1 to {LARGEST_DIMENSIONS:,} dimensions, got {shown!r}; {_REPAIR}")
            words, dimensions = map(int, fields)
            second = file.readline(LINE_BYTES)
            return Layout("word2vec_text" if _is_text(second) else "word2vec_binary", words, dimensions)
    numbers = sum(1 for _ in itertools.takewhile(_is_number, reversed(fields[1:])))
    if not numbers or b"\0" in first:
        raise InputError(
            f"{path}:1: expected a header `words dimensions` or a line `word number number ...`, got neither; unpack "
            "an archive first"
        )
    return Layout("glove", None, numbers)


def rows(path: Path, layout: Layout) -> Iterator[Row]:
    """Yields the words of a file in its order, streaming; what is behind the last one is checked too.

    In a line the numbers are at the end, so that a word may contain spaces, as some of GloVe's do.

    Raises:
        InputError: a line is broken, a number is not finite, or there are fewer or more words than the header says.
    """
    if layout.model:
        yield from _fasttext_rows(path, layout.model)
        return
    read = _binary_rows if layout.form == "word2vec_binary" else _text_rows
    with _opened(path) as file:
        yield from read(file, path, layout)


def _fasttext(path: Path) -> Layout:
    if path.suffix in COMPRESSED:
        raise InputError(f"{path}: expected a model of fastText as it is, got a compressed one; unpack it first")
    model = read_fasttext_model(path)
    return Layout("fasttext", len(model.words), model.own.shape[1], model)


def _fasttext_rows(path: Path, model: FastTextModel) -> Iterator[Row]:
    for number, (word, vector) in enumerate(zip(model.words, model.vectors(), strict=True), start=1):
        yield _checked(f"{path}: word {number}", word, vector)


def _text_rows(file: BinaryIO, path: Path, layout: Layout) -> Iterator[Row]:
    number = 0
    start = 1 if layout.words is None else 2
    lines = iter(lambda: file.readline(LINE_BYTES), b"")
    with _told(path, lambda: number):
        for number, line in enumerate(lines, start=1):
            if number < start:
                continue
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if layout.words is not None and number - start == layout.words:
                if not line.strip() and not file.readline(LINE_BYTES):
                    return  # a blank line at the end
                raise InputError(f"{path}:{number}: expected {layout.words} words, as line 1 says, got more; {_REPAIR}")
            where = f"{path}:{number}"
            if not line.strip() and layout.words is None and not file.readline(LINE_BYTES):
                return
            yield _text_row(where, line, layout.dimensions)
    if layout.words is not None and number + 1 - start < layout.words:
        got = number + 1 - start
        raise InputError(f"{path}:{number}: expected {layout.words} words, as line 1 says, got {got}; {_REPAIR}")


def _text_row(where: str, line: bytes, dimensions: int) -> Row:
    word, *numbers = line.rsplit(None, dimensions) or [b""]
    expected = f"{where}: expected a word and {dimensions} numbers"
    if len(numbers) < dimensions:
        raise InputError(f"{expected}, got {len(numbers) + bool(word)} fields; {_REPAIR}")
    try:
        if b"_" in b"".join(numbers):
            raise ValueError  # to `float` it may stand in a number
        with np.errstate(over="ignore"):
            vector = np.array(list(map(float, numbers)), dtype=np.float32)
    except ValueError:
        wrong = next(field for field in numbers if not _is_number(field))
        raise InputError(f"{expected}, got {wrong.decode(errors='replace')!r} among them; {_REPAIR}") from None
    word = word.lstrip()
    if b"\r" in word:
        raise InputError(
            rf"{where}: expected lines that end in `\n`, got `\r` within one; replace each `\r` by a line end"
        )
    behind = word.split()[1:]
    if behind and not behind[-1].isdigit() and _is_number(behind[-1]):  # `windows 10` is a word, `windows 0.10` is not
        raise InputError(f"{expected}, got more numbers; {_REPAIR}")
    return _checked(where, word, vector)


def _binary_rows(file: BinaryIO, path: Path, layout: Layout) -> Iterator[Row]:
    number = 0
    size = 4 * layout.dimensions
    with _told(path, lambda: number):
        file.readline(LINE_BYTES)
        buffer, start = b"", 0
        assert layout.words is not None
        for number in range(1, layout.words + 1):
            where = f"{path}: word {number}"
            while (space := buffer.find(b" ", start)) < 0 or len(buffer) <= space + size:
                more = file.read(max(CHUNK_BYTES, size))
                if not more:
                    raise InputError(f"{where}: expected {layout.words} words {_BINARY}, got the end; {_REPAIR}")
                if space < 0 and len(buffer) - start > WORD_BYTES:
                    raise InputError(f"{where}: expected a word and a space {_BINARY}, got neither; {_REPAIR}")
                buffer, start = buffer[start:] + more, 0
            vector = np.frombuffer(buffer, "<f4", layout.dimensions, space + 1)
            yield _checked(where, buffer[start:space].lstrip(b"\n"), vector)  # the first word2vec ended its vectors so
            start = space + 1 + size
        if (buffer[start:] + file.read(CHUNK_BYTES)).strip():
            raise InputError(f"{path}: expected {layout.words} words, as its header says, got more; {_REPAIR}")


def _checked(where: str, word: bytes, vector: np.ndarray) -> Row:
    if not word:
        raise InputError(f"{where}: expected a word, got none; {_REPAIR}")
    if not np.isfinite(vector).all():
        wrong = vector[~np.isfinite(vector)][0]
        shown = word.decode(errors="replace")
        raise InputError(f"{where}: expected finite numbers of 32 bits, got {wrong} for the word {shown!r}; {_REPAIR}")
    return Row(where, word, vector)


def _is_number(field: bytes) -> bool:
    """Whether a field is written as a number; Python's `float` also takes the words `nan` and `infinity`, and `1_0`."""
    return _NUMBER.fullmatch(field) is not None


def _is_text(line: bytes) -> bool:
    """Whether a line holds no control characters and ends with a number, even a wrong one, or holds nothing."""
    fields = line.split()
    if not fields:
        return True
    try:
        float(fields[-1])
    except ValueError:
        return False
    return _CONTROL.isdisjoint(line)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Opens a file, decompressed where its name ends in `.gz`, `.bz2` or `.xz`."""
    try:
        file = open_text(path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None
    with file, io.BufferedReader(file, CHUNK_BYTES) as buffered:
        yield buffered


@contextmanager
def _told(path: Path, number: Callable[[], int]) -> Iterator[None]:
    """Reports a damaged archive or disk as wrong input, with the line or word that was reached."""
    try:
        yield
    except DAMAGE as error:
        raise InputError(f"{path}:{number()}: cannot be read further: {error}; {_REPAIR}") from None
