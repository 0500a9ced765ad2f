"""Lines of text files and objects of JSON Lines, compressed or not, with the place that an error message names."""

import codecs
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import PARSED_BYTES, check_limit, lifted
from embeddings.foundation.reading import (
    COMPRESSED,
    DAMAGE,
    RepeatedKeyError,
    bounded_lines,
    once_each,
    open_file,
    open_text,
)

MAPPED_BLOCK = 1 << 24  # bytes that are searched for line ends at once


def check_encoding(name: str) -> None:
    """Refuses the name of an encoding that Python does not know.

    Raises:
        InputError: it is one.
    """
    try:
        "".encode(name)
    except (LookupError, TypeError, ValueError):  # none of this name, or one of bytes; a number; a name with a zero
        raise InputError(
            f"expected an encoding that Python knows, such as utf-16 or cp1252, got {str(name)[:60]!r}"
        ) from None


def damaged(path: Path, line: int, error: Exception) -> InputError:
    """What to raise where reading a file failed."""
    return InputError(f"{path}:{line}: expected a whole file, got an error: {error}; copy or download it again")


def numbered_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    r"""Yields the lines of a file with their numbers from 1, without line ends (`\n` or `\r\n`).

    A file that ends in `.gz`, `.bz2` or `.xz` is decompressed. Nothing but `\n` ends a line: the other
    separators of Unicode, such as U+2028, are part of texts.

    Raises:
        InputError: there is no such file, it is damaged, a line is of another encoding, too long or holds a carriage
            return, or a compressed file holds nothing.
    """
    number = 0
    try:
        with open_text(path, encoding) as file:
            for number, line in _decoded(bounded_lines(file, path), path):
                yield number, line
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except DAMAGE as error:
        raise damaged(path, number + 1, error) from None
    if not number and path.suffix in COMPRESSED:  # a plain one may be a split without examples
        raise InputError(f"{path}:1: expected text, got an empty file; write or download it again")


def mapped_lines(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""Maps a file of JSON Lines into memory, and finds its lines, ended by `\n`, but for blank ones.

    Returns:
        The bytes of the file, uint8 (bytes,), where each line begins and ends, int64 (lines,), and how many lines stand
        before each blank one, int64 (blank lines,).

    Raises:
        InputError: there is no such file, or it is no ordinary one.
    """
    try:
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            content = np.asarray(np.memmap(file, np.uint8, "r")) if size else np.zeros(0, np.uint8)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run the stage that writes it (`dvc repro`)") from None
    blocks = range(0, size, MAPPED_BLOCK)
    found = [start + np.flatnonzero(content[start : start + MAPPED_BLOCK] == ord("\n")) for start in blocks]
    ends = np.concatenate([*found, [size] * bool(size and content[-1] != ord("\n"))]).astype(np.int64)
    mark = len(codecs.BOM_UTF8) if content[:3].tobytes() == codecs.BOM_UTF8 else 0
    starts = np.concatenate([[mark], ends + 1])[: len(ends)]
    is_text = np.ones(len(ends), bool)
    for line in np.flatnonzero(content[np.minimum(starts, size - 1)] != ord("{")):
        is_text[line] = bool(content[starts[line] : ends[line]].tobytes().decode("utf-8", "replace").strip())
    blank = np.flatnonzero(~is_text)
    return content, starts[is_text], ends[is_text], blank - np.arange(len(blank))


def whole_text(path: Path, encoding: str = "utf-8") -> str:
    """The text of a file with its line ends as they are; a compressed one is decompressed.

    Raises:
        InputError: there is no such file, it is damaged, too long or of another encoding.
    """
    try:
        with open_text(path, encoding) as file:
            content = file.read(lifted(PARSED_BYTES) + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except DAMAGE as error:
        raise damaged(path, 1, error) from None
    check_limit(f"{path}:1", "bytes of text", PARSED_BYTES, len(content))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_in_utf8(path, 1 + content.count(b"\n", 0, error.start), error) from None


def not_in_utf8(name: Path | str, line: int, error: UnicodeDecodeError) -> InputError:
    """What to raise where a text is of another encoding."""
    byte = error.object[error.start]
    marked = line == 1 and error.object.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    has_zeros = b"\0" in error.object
    known = "`encoding: utf-16`" if marked else f"its `encoding`{', such as utf-16-le,' if has_zeros else ''}"
    advice = f"convert the file first, or name {known} in the options of the dataset"
    return InputError(f"{name}:{line}: expected UTF-8, got byte 0x{byte:02x}; {advice}")


def json_objects(lines: Iterable[tuple[int, str]], path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the objects of numbered JSON Lines with their numbers; blank lines are skipped; errors name the path.

    Raises:
        InputError: a line is not a JSON object, or holds a lone surrogate, which UTF-8 cannot encode.
    """
    for number, line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=once_each)
            if r"\u" in line:
                json.dumps(row, ensure_ascii=False).encode("utf-8")
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{number}: expected a JSON object: {error.msg}") from None
        except RepeatedKeyError as error:
            raise InputError(f"{path}:{number}: {error}") from None
        except UnicodeEncodeError as error:
            half = f"{ord(error.object[error.start]):04x}"
            raise InputError(f"{path}:{number}: expected whole characters, got a lone surrogate, \\u{half}") from None
        except (RecursionError, ValueError) as error:  # lists in lists in lists, a number of 5,000 digits
            raise InputError(f"{path}:{number}: expected a JSON object: {error}") from None
        if not isinstance(row, dict):
            raise InputError(f"{path}:{number}: expected a JSON object, got {type(row).__name__}")
        yield number, row


def text_option(name: str) -> Path | None:
    """The file that an option of a command names; `-` is standard input, None."""
    return None if name == "-" else Path(name)


def text_lines(path: Path | None) -> Iterator[str]:
    """Yields the lines of a file, or of standard input where there is none, as `numbered_lines` does.

    Raises:
        InputError: what `numbered_lines` refuses.
    """
    if path is None and sys.stdin is None:
        raise InputError("standard input: expected text, got it closed; give a file with --text")
    numbered = (
        numbered_lines(path) if path else _decoded(bounded_lines(sys.stdin.buffer, sys.stdin.name), sys.stdin.name)
    )
    for _, line in numbered:
        yield line


def _decoded(lines: Iterable[bytes], name: Path | str) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").removesuffix("\n").removesuffix("\r")
            if "\r" in text:
                advice = r"replace each `\r` by a line end or a space first"
                raise InputError(rf"{name}:{number}: expected lines that end in `\n`, got `\r` within one; {advice}")
            yield number, text
    except UnicodeDecodeError as error:
        raise not_in_utf8(name, number, error) from None


def blocks(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Yields runs of numbered lines between blank ones; white space, but for tabs and spaces, is text."""
    block: list[tuple[int, str]] = []
    for number, line in lines:
        if line.strip(" \t"):
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block
