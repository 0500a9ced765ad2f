"""Files and folders that appear whole or not at all, also if the process is killed.

They are written next to their place under a hidden name that ends in `.partial`. What a killed process left under such
a name is removed when its path is written again; so a path has one writer at a time.
"""

import glob
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from embeddings.foundation.errors import InputError

PARTIAL = ".partial"


@contextmanager
def atomic_file(path: str | Path) -> Iterator[TextIO]:
    """Opens a UTF-8 text file that takes its name only when the block ends without an error."""
    with atomic_path(path) as temporary, open(temporary, "w", encoding="utf-8", newline="\n") as file:
        yield file


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Yields the name of a new file that replaces `path` only when the block ends without an error."""
    path = Path(path)
    with _named(path):
        _prepare_place(path)
        handle, temporary = tempfile.mkstemp(PARTIAL, f".{path.name}.", path.parent)
        os.close(handle)
        try:
            yield Path(temporary)
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise


@contextmanager
def atomic_folder(path: str | Path) -> Iterator[Path]:
    """Yields a new folder that replaces `path` only when the block ends without an error.

    Raises:
        InputError: the command runs in that folder, or below it.
    """
    path = Path(path)
    if Path.cwd().is_relative_to(path.resolve()):
        raise InputError(f"{path}: expected an output folder, got one that contains the working directory")
    with _named(path):
        _prepare_place(path)
        temporary = Path(tempfile.mkdtemp(PARTIAL, f".{path.name}.", path.parent))
        replaced = temporary.with_name(f".{path.name}.replaced{PARTIAL}")
        try:
            yield temporary
            os.chmod(temporary, 0o755)
            if path.is_dir() and not path.is_symlink():
                os.replace(path, replaced)  # a folder that is being removed must not have the name of a whole one
            os.replace(temporary, path)
            shutil.rmtree(replaced, ignore_errors=True)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            if replaced.exists() and not path.exists():
                os.replace(replaced, path)
            raise


def checksum(path: str | Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verified(path: str | Path, sha256: str | None) -> str:
    """The SHA-256 of a file, which must be the one given, if there is one.

    Raises:
        InputError: the file cannot be read, or its checksum is another.
    """
    try:
        actual = checksum(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    if sha256 and actual != sha256.lower():
        raise InputError(f"{path}: expected sha256 {sha256}, got {actual}; it is another file, or another version")
    return actual


def _prepare_place(path: Path) -> None:
    """Makes the folder that is to hold a path, and removes what killed processes left of it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{glob.escape(path.name)}.????????{PARTIAL}"):  # as tempfile names them
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Makes a disk error name the file to be written, not its temporary file."""
    try:
        yield
    except OSError as error:
        if error.filename is None or f".{path.name}." in str(error.filename):
            error.strerror = error.strerror or str(error)  # NumPy's has no parts
            error.filename = str(path)
        raise


def write_json(path: str | Path, value: Any) -> None:
    """Writes indented JSON, atomically and with a last newline."""
    with atomic_file(path) as file:
        json.dump(value, file, ensure_ascii=False, indent=2)
        file.write("\n")


def read_json(path: str | Path, *keys: str) -> Any:
    """Reads JSON that a stage wrote; it must be an object with the `keys`, if any are named.

    Raises:
        InputError: the file is missing, is not JSON, or lacks a key.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run the stage that writes it (`dvc repro`)") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: expected JSON: {error.msg}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: expected UTF-8; run the stage that writes it again") from None
    for key in keys:
        if not isinstance(content, dict) or key not in content:
            raise InputError(f"{path}: expected an object with the key {key!r}; run the stage that writes it again")
    return content
