"""Shards: the files of a large corpus, in folders here or behind URLs that fsspec knows, such as s3:// and gs://."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from embeddings.foundation.errors import InputError, one_line

Found = TypeVar("Found")
WILD = frozenset("*?[")
HIDDEN = (".", "_")  # which names of files begin with that are no data, such as `_SUCCESS`


@dataclass(frozen=True)
class Shard:
    """A file."""

    name: str  # below the folder that it was found in, parts apart by `/`
    path: str  # absolute, or a URL
    size: int
    version: str  # another one when the file was written again: its time, or what a store calls it


def find_shards(places: Sequence[str]) -> list[Shard]:
    """The files that places name, in their order and within one by name; no two have the same name.

    Args:
        places: folders, with all that they hold but hidden files; paths with `*`, `?` or `[]`; files. Or URLs of them.

    Raises:
        InputError: a place has no file, cannot be read, or two files have the same name.
    """
    found: dict[str, Shard] = {}
    for place in places:
        shards = guarded(place, lambda place=place: _shards(place))
        if not shards:
            raise InputError(f"{place}: expected files, got none that match; see the folder, or quote the pattern")
        for shard in shards:
            if shard.name in found:
                other = found[shard.name].path
                raise InputError(f"{shard.path}: expected names that differ, got that of {other}; rename one")
            found[shard.name] = shard
    return list(found.values())


def _shards(place: str) -> list[Shard]:
    system, root = filesystem(place)
    if WILD & set(root):
        parts = root.split("/")
        base = "/".join(parts[: next(number for number, part in enumerate(parts) if WILD & set(part))])
        entries = system.glob(root, detail=True)
    elif system.isfile(root):
        base, entries = system._parent(root), {root: system.info(root)}
    else:
        base, entries = root, system.find(root, detail=True)
    shards = []
    for path, about in sorted(entries.items()):
        name = path.removeprefix(base).strip("/")
        if about["type"] == "file" and not any(part.startswith(HIDDEN) for part in name.split("/")):
            whole = system.unstrip_protocol(path) if is_url(place) else path
            shards.append(Shard(name, whole, about["size"], _version(about)))
    return shards


def _version(about: Mapping[str, Any]) -> str:
    known = (about.get(key) for key in ("ETag", "etag", "mtime", "created"))
    return str(next(filter(None, known), ""))


def is_url(place: str) -> bool:
    """Whether a place is behind a URL, not a path of this machine."""
    return "://" in place


def filesystem(place: str) -> tuple[Any, str]:
    """What reads and writes a place, as fsspec has it, and its path there."""
    import fsspec.core

    return fsspec.core.url_to_fs(place)


@contextmanager
def local_copy(shard: Shard) -> Iterator[Path]:
    """A shard as a file here: itself, or a copy for as long as the block runs.

    Raises:
        InputError: it cannot be read; what the block raises names the shard in the place of the copy.
    """
    if not is_url(shard.path):
        yield Path(shard.path)
        return
    with tempfile.TemporaryDirectory(prefix="elman-") as folder:
        copy = Path(folder) / PurePosixPath(shard.path).name
        system, path = guarded(shard.path, lambda: filesystem(shard.path))
        guarded(shard.path, lambda: system.get_file(path, str(copy)))
        try:
            yield copy
        except InputError as error:
            raise InputError(str(error).replace(str(copy), shard.path)) from None


def guarded(place: str, action: Callable[[], Found]) -> Found:
    """What an action on a place gives; what a library of its protocol raises is one line.

    Raises:
        InputError: it raises something.
    """
    try:
        return action()
    except (InputError, ModuleNotFoundError):
        raise
    except FileNotFoundError:
        raise InputError(f"{place}: no such file or folder") from None
    except ImportError as error:  # in fsspec's words: install s3fs
        raise InputError(f"{place}: expected a package for its protocol, got none: {error}") from None
    except Exception as error:  # each protocol's library has errors of its own
        said = one_line(str(error) or type(error).__name__)[:300]
        raise InputError(f"{place}: expected to reach it, got {said}; see its address and your rights") from None
