"""Lines of text files, compressed or not, with the place that an error message names."""

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from embeddings.errors import InputError

_OPENERS: dict[str, Callable[[Path], Any]] = {".gz": gzip.GzipFile, ".bz2": bz2.BZ2File, ".xz": lzma.LZMAFile}


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    r"""Yields the lines of a UTF-8 file with their numbers from 1, without line ends (`\n` or `\r\n`).

    A file that ends in `.gz`, `.bz2` or `.xz` is decompressed. Nothing but `\n` ends a line: the other
    separators of Unicode, such as U+2028, stand inside texts.

    Raises:
        InputError: there is no such file, it is damaged, or a line is not UTF-8.
    """
    number = 0
    try:
        with _OPENERS.get(path.suffix, lambda plain: plain.open("rb"))(path) as file:
            for number, line in enumerate(file, start=1):
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise InputError(f"{path}:{number}: expected UTF-8, got byte 0x{byte:02x}; convert the file first") from None
    except (EOFError, OSError, lzma.LZMAError) as error:
        raise InputError(f"{path}: cannot be read after line {number}: {error}") from None


def text_lines(file: TextIO) -> Iterator[str]:
    """Yields the lines of an open text without their ends.

    Raises:
        InputError: what follows is not UTF-8.
    """
    number = 0
    try:
        for line in file:
            number += 1
            yield line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise InputError(
            f"{file.name}: expected UTF-8 after line {number}, got byte 0x{byte:02x}; convert it"
        ) from None


def blocks(path: Path) -> Iterator[list[tuple[int, str]]]:
    """Yields runs of lines between blank ones; white space, but for tabs and spaces, is text."""
    block: list[tuple[int, str]] = []
    for number, line in numbered_lines(path):
        if line.strip(" \t"):
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block
