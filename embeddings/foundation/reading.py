"""Reading of files that others may have written: ordinary files, up to a size, and JSON in the shape that is declared.

A shape is a type as msgspec takes it: `list[str]`, or a `msgspec.Struct` of keys with their types.
"""

import bz2
import codecs
import errno
import gzip
import io
import json
import lzma
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, is_typeddict, overload

import msgspec

from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import DESCRIPTION_BYTES, PARSED_BYTES, check_limit, lifted

Shape = TypeVar("Shape")

COMPRESSED: dict[str, Callable[[BinaryIO], Any]] = {
    ".gz": lambda file: gzip.GzipFile(fileobj=file),
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
DAMAGE = (EOFError, OSError, lzma.LZMAError, zlib.error)  # what reading a damaged archive or disk raises


def open_file(path: str | Path) -> io.BufferedReader:
    """Opens an ordinary file to read bytes; a device or a pipe, which may never end, is refused.

    Raises:
        InputError: it is something else.
        OSError: it cannot be opened.
    """
    # Without waiting for a pipe whose other end nobody has opened.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(handle, "rb")
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise InputError(f"{path}: expected an ordinary file, got a device or a pipe; copy what it gives into a file")


def open_text(path: Path, encoding: str = "utf-8") -> Any:
    """Opens an ordinary file to read bytes, decompressed where its name ends in `.gz`, `.bz2` or `.xz`.

    A text of another encoding is read as UTF-8.
    """
    file: Any = open_file(path)
    if unpack := COMPRESSED.get(path.suffix):
        file = _Unpacked(unpack(file), file)
    if codecs.lookup(encoding).name not in ("utf-8", "utf-8-sig"):  # a byte order mark is left out where lines are read
        file = _Unpacked(_Recoded(file, encoding, path), file)
    return file


class _Unpacked(io.BufferedReader):
    """An archive's content; closing it closes the archive as well."""

    def __init__(self, content: Any, archive: BinaryIO) -> None:
        super().__init__(content, 1 << 17)
        self._archive = archive

    def close(self) -> None:
        super().close()
        self._archive.close()


class _Recoded(io.RawIOBase):
    """A text of another encoding as UTF-8.

    Args:
        file: the open file.
        encoding: its name, as Python knows it.
        path: of the file, for errors.
    """

    def __init__(self, file: BinaryIO, encoding: str, path: Path) -> None:
        self._file, self._encoding, self._path = file, encoding, path
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._rest = b""
        self._line = 1

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        at_end = False
        while not (self._rest or at_end):
            content = self._file.read(1 << 16)
            at_end = not content
            self._rest = self._recoded(content, at_end)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    def _recoded(self, content: bytes, at_end: bool) -> bytes:
        try:
            text = self._decoder.decode(content, at_end)
            recoded = text.encode("utf-8")
        except UnicodeError as error:
            if isinstance(error, UnicodeDecodeError):
                self._line += error.object[: error.start].decode(self._encoding, "ignore").count("\n")
            raise InputError(f"{self._path}:{self._line}: expected {self._encoding}, got an error: {error}") from None
        self._line += text.count("\n")
        return recoded


def bounded_lines(file: Any, name: object) -> Iterator[bytes]:
    """Yields the lines of an open file, each with its end.

    Raises:
        InputError: a line is longer than the limit.
    """
    most, number = lifted(PARSED_BYTES), 0
    while line := file.readline(most + 1):
        number += 1
        if len(line) > most:
            check_limit(f"{name}:{number}", "bytes in a line", PARSED_BYTES)
        yield line


def read_bytes(path: str | Path, limit: int = DESCRIPTION_BYTES) -> bytes:
    """Reads an ordinary file as a whole.

    Raises:
        InputError: it is longer than the limit, or no ordinary file.
        OSError: it cannot be read.
    """
    with open_file(path) as file:
        check_limit(path, "bytes", limit, os.fstat(file.fileno()).st_size)
        return file.read(lifted(limit) + 1)


@overload
def read_json(path: str | Path, shape: type[Shape], limit: int = DESCRIPTION_BYTES) -> Shape: ...
@overload
def read_json(path: str | Path, shape: Any = Any, limit: int = DESCRIPTION_BYTES) -> Any: ...
def read_json(path: str | Path, shape: Any = Any, limit: int = DESCRIPTION_BYTES) -> Any:
    """Reads JSON that a stage wrote.

    Args:
        path: of the file.
        shape: what it must hold.
        limit: of its size.

    Returns:
        What the shape says; of a `TypedDict`, a dictionary that has the keys that it does not name, too.

    Raises:
        InputError: the file is missing, too large, not JSON, or of another shape, or a key stands twice in an object,
            which is looked for in files of a description's size.
    """
    try:
        content = read_bytes(path, limit)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run the stage that writes it (`dvc repro`)") from None
    found = decode(content, msgspec.json.Decoder(shape), path)
    if len(content) <= lifted(DESCRIPTION_BYTES):  # msgspec takes the last of repeated keys in silence
        try:
            json.loads(content, object_pairs_hook=once_each)
        except (ValueError, RecursionError) as error:  # a key twice; or not UTF-8 where msgspec does not look
            raise InputError(f"{path}: {error}; run the stage that writes it again") from None
    return decode(content, msgspec.json.Decoder(), path) if is_typeddict(shape) else found


def decode(
    content: bytes | str,
    decoder: "msgspec.json.Decoder[Shape]",
    path: object,
    line: int = 0,
    advice: str = "run the stage that writes it again",
) -> Shape:
    """Decodes a JSON file, or a line of one.

    Args:
        content: what stands there.
        decoder: of the shape that is expected.
        path: of the file, for errors.
        line: its number from 1; 0 if it is the whole file.
        advice: what to do if it is wrong.

    Raises:
        InputError: it is not JSON, or of another shape.
    """
    try:
        return decoder.decode(content)
    except msgspec.ValidationError as error:
        where, problem = f"{path}:{line}" if line else str(path), shown(error)
    except RecursionError:
        where, problem = f"{path}:{line or 1}", "expected JSON, got lists within lists without end"
    except (msgspec.DecodeError, UnicodeError) as error:
        number, problem = _malformed(content, str(error))
        where = f"{path}:{line or number}"
    raise InputError(f"{where}: {problem}; {advice}") from None


class RepeatedKeyError(ValueError):
    """A key stands twice in an object of JSON."""


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, for `json.loads`.

    Raises:
        RepeatedKeyError: a key stands there twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        again = next(name for place, name in enumerate(names) if name in names[:place])
        raise RepeatedKeyError(f"expected each key once, got {again[:60]!r} again; remove one")
    return found


def shaped(value: Any, shape: Any, where: str, advice: str) -> Any:
    """What JSON held, in the shape that is expected.

    Raises:
        InputError: it is of another one; `where` names the place.
    """
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise InputError(f"{where}: {shown(error)}; {advice}") from None


def shown(error: msgspec.ValidationError) -> str:
    """What msgspec says of a value of another shape, as `expected ..., got ... at tokens[1]`."""
    problem, _, place = str(error).partition(" - at `")
    place = place.removesuffix("`").removeprefix("$").removeprefix(".")
    problem = problem.replace("`", "").removesuffix(" of")
    if missing := problem.partition("Object missing required field ")[2]:
        problem = f"expected an object with the key {missing!r}"
    elif unknown := problem.partition("Object contains unknown field ")[2]:
        problem = f"expected no key {unknown[:60]!r}"
    elif problem.lower().endswith("out of range"):
        problem = "expected a number of 64 bits, got a larger one"
    problem = problem[:1].lower() + problem[1:]
    return f"{problem} at {place}" if place else problem


def _malformed(content: bytes | str, problem: str) -> tuple[int, str]:
    """The line in which JSON is wrong, and what is: in the words of Python's reader, which knows the place."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno, f"expected JSON: {error.msg}"
    except UnicodeDecodeError as error:
        return error.object[: error.start].count(
            b"\n"
        ) + 1, f"expected UTF-8, got byte 0x{error.object[error.start]:02x}"
    except (RecursionError, ValueError) as error:
        problem = str(error)
    return 1, f"expected JSON: {problem}"
