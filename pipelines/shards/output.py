"""The folder of shards that a command writes, here or behind a URL: what it is of, and which of them are finished."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import PARTIAL, atomic_path
from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.reading import decode, read_bytes
from pipelines.datasets.shards import Shard, filesystem, guarded, is_url

ABOUT = "shards.json"
STORES = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az")  # where a file appears when it is whole
ADVICE = "choose another --output"


class About(msgspec.Struct):
    """What a folder is of."""

    made_by: dict[str, Any]
    shards: dict[str, dict[str, Any]]  # name of an output shard -> the input shard that it is of


class Output:
    """A folder of shards.

    Args:
        place: a path or a URL.
    """

    def __init__(self, place: str) -> None:
        self.place = place.rstrip("/")
        self.is_remote = is_url(place)

    def open(self, made_by: Mapping[str, Any], shards: Mapping[str, Shard]) -> set[str]:
        """Makes the folder ready, and says of what it is.

        Args:
            made_by: all that decides what is written into it, but for the shards; as JSON.
            shards: by the names of what they become.

        Returns:
            The names of those that are finished.

        Raises:
            InputError: it has other files, is of something else, or a shard has changed since it was finished.
        """
        made_by = json.loads(json.dumps(made_by))
        sources = {
            name: {"path": each.path, "size": each.size, "version": each.version} for name, each in shards.items()
        }
        there = guarded(self.place, self._names)
        if ABOUT not in there and there:
            other = sorted(there)[0]
            raise InputError(f"{self.place}: expected an empty folder, or one of this command, got {other}; {ADVICE}")
        finished = there & shards.keys()
        if ABOUT in there:
            where = f"{self.place}/{ABOUT}"
            before = decode(guarded(where, lambda: self._read(ABOUT)), msgspec.json.Decoder(About), where)
            differ = [key for key in {**made_by, **before.made_by} if made_by.get(key) != before.made_by.get(key)]
            if differ:
                told = f"expected a folder of this run, got one of another {', '.join(sorted(differ))}"
                raise InputError(f"{self.place}: {told}; {ADVICE}")
            for name in sorted(finished):
                if before.shards.get(name) != sources[name]:
                    told = f"{sources[name]['path']}: has changed since {self.place}/{name} was made of it"
                    raise InputError(f"{told}; remove that, or {ADVICE}")
            sources = {**before.shards, **sources}
        content = json.dumps({"made_by": made_by, "shards": sources}, ensure_ascii=False, indent=2) + "\n"
        guarded(self.place, lambda: self.write(ABOUT, content.encode("utf-8")))
        return finished

    def upload(self, file: Path, name: str) -> None:
        """Puts a file behind the URL, where it appears whole or not at all."""
        system, root = filesystem(self.place)
        target = f"{root}/{name}"
        protocols = {system.protocol} if isinstance(system.protocol, str) else {*system.protocol}
        if protocols & {*STORES}:
            system.put_file(str(file), target)
            return
        parent, _, last = target.rpartition("/")
        system.makedirs(parent, exist_ok=True)
        system.put_file(str(file), f"{parent}/.{last}{PARTIAL}")
        system.mv(f"{parent}/.{last}{PARTIAL}", target)

    def write(self, name: str, content: bytes) -> None:
        """Writes a small file, whole or not at all."""
        if not self.is_remote:
            with atomic_path(Path(self.place) / name) as path:
                path.write_bytes(content)
            return
        with tempfile.TemporaryDirectory(prefix="elman-") as folder:
            (Path(folder) / ABOUT).write_bytes(content)
            self.upload(Path(folder) / ABOUT, name)

    def _read(self, name: str) -> bytes:
        if not self.is_remote:
            return read_bytes(Path(self.place) / name, PARSED_BYTES)
        system, root = filesystem(self.place)
        return system.cat_file(f"{root}/{name}")

    def _names(self) -> set[str]:
        """The files of the folder, by their names below it; none of what is being written."""
        if not self.is_remote:
            root = Path(self.place)
            if root.exists() and not root.is_dir():
                raise InputError(f"{root}: expected a folder, got a file; {ADVICE}")
            found = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
        else:
            system, base = filesystem(self.place)
            found = [path.removeprefix(base).strip("/") for path in (system.find(base) if system.exists(base) else ())]
        return {name for name in found if not name.endswith(PARTIAL)}
