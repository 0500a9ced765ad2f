"""Files and folders that appear whole or not at all, also if the process is killed.

They are written next to their place under a hidden name that ends in `.partial`, which is locked meanwhile. What a
killed process left under such a name, without a lock, is removed when its path is written again; while another process
writes a path, it is refused.
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
from embeddings.foundation.reading import open_file

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None

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
        with _place(path):
            handle, temporary = tempfile.mkstemp(PARTIAL, f".{path.name}.", path.parent)
            _locked(handle)
        try:
            yield Path(temporary)
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)  # an interruption may come when it has its name
            raise
        finally:
            os.close(handle)


def check_output(folder: str | Path, *inputs: str | Path | None) -> None:
    """Refuses an output folder that would replace what a command reads, or the folder that it runs in.

    Raises:
        InputError: it is in that folder, or is it.
    """
    for name, place in [("the working directory", Path.cwd()), *((each, each) for each in inputs if each)]:
        if Path(place).resolve().is_relative_to(Path(folder).resolve()):
            raise InputError(f"{folder}: expected an output folder, got one that contains {name}; choose another")


@contextmanager
def atomic_folder(path: str | Path, *inputs: str | Path | None) -> Iterator[Path]:
    """Yields a new folder that replaces `path` only when the block ends without an error.

    Args:
        path: the folder.
        inputs: what is read, where it is.

    Raises:
        InputError: the command runs in that folder or below it, or reads what is there.
    """
    path = Path(path)
    check_output(path, *inputs)
    with _named(path):
        with _place(path):
            temporary = Path(tempfile.mkdtemp(PARTIAL, f".{path.name}.", path.parent))
            handle = os.open(temporary, os.O_RDONLY)
            _locked(handle)
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
        finally:
            os.close(handle)


def checksum(path: str | Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with open_file(path) as file:
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


@contextmanager
def _place(path: Path) -> Iterator[None]:
    """Makes the folder that is to hold a path, removes what killed processes left of it there, and keeps others out.

    Raises:
        InputError: another process is writing the path.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        if not path.parent.name.endswith(PARTIAL):  # which is locked by this process, and nobody else's
            _locked(folder, wait=True)
        for left in path.parent.glob(f".{glob.escape(path.name)}.????????{PARTIAL}"):  # as tempfile names them
            handle = os.open(left, os.O_RDONLY)
            try:
                if not _locked(handle):
                    raise InputError(f"{path}: another process is writing it; wait for its end, or write elsewhere")
            finally:
                os.close(handle)
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
        yield
    finally:
        os.close(folder)


def _locked(handle: int, wait: bool = False) -> bool:
    """Locks an open file or folder until it is closed or the process ends; gives whether no other has locked it.

    Where the file system or the operating system has no such locks, none is taken.
    """
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


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
