"""Files that nodes read: their content goes through Ray's object store, or every node sees the path."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.foundation.files import checksum
from pipelines.cluster.nodes import alive, on_node

FORGET_SECONDS = 10  # for nodes to remove what they kept


@dataclass(frozen=True)
class NodeFile:
    """A file as a node gets it."""

    name: str  # path below the folder of a trial
    path: str  # where it is here; absolute
    sha256: str
    content: Any = None  # a reference to its bytes; without one every node sees the path


def described(paths: Mapping[str, Path]) -> list[NodeFile]:
    """Files by the names that a trial knows them by; those that there are not are left out."""
    found = {name: path for name, path in sorted(paths.items()) if path.is_file()}
    return [NodeFile(name, str(path.resolve()), checksum(path)) for name, path in found.items()]


def put(ray: Any, files: Iterable[NodeFile]) -> list[NodeFile]:
    """Puts contents into the object store; equal ones once."""
    contents: dict[str, Any] = {}
    for file in files:
        if file.sha256 not in contents:
            empty = os.path.getsize(file.path) == 0
            array = np.zeros(0, np.uint8) if empty else np.memmap(file.path, np.uint8, "r")
            contents[file.sha256] = ray.put(array)
    return [replace(file, content=contents[file.sha256]) for file in files]


def node_folder(sweep: str) -> Path:
    """Where this node keeps the files of a sweep while it runs."""
    return Path(tempfile.gettempdir()) / f"elman-{os.getuid()}" / sweep


def place(files: Iterable[NodeFile], sweep: str, folder: Path) -> None:
    """Gives a trial its files, as links to what this node keeps of each once.

    Args:
        files: from `described` or `put`.
        sweep: the name of the folder of what the node keeps.
        folder: of the trial.
    """
    kept = node_folder(sweep) / "files"
    kept.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in files:
        target = Path(file.path) if file.content is None else _fetched(file, kept)
        (folder / file.name).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(target, folder / file.name)


def _fetched(file: NodeFile, kept: Path) -> Path:
    """The node's copy of a file; trials that write it at the same time write the same."""
    path = kept / file.sha256
    if not path.exists():
        ray = import_module("ray")  # of an extra
        handle, temporary = tempfile.mkstemp(dir=kept)
        with os.fdopen(handle, "wb") as opened:
            opened.write(memoryview(ray.get(file.content)))
        os.replace(temporary, path)
    return path


def forget(sweep: str) -> None:
    """Removes what this node keeps of a sweep."""
    shutil.rmtree(node_folder(sweep), ignore_errors=True)


def forget_everywhere(ray: Any, sweep: str) -> None:
    """Lets every node remove what it keeps of a sweep; those that do not answer keep it."""
    task = ray.remote(num_cpus=0, max_retries=0)(forget)
    asked = [task.options(scheduling_strategy=on_node(node["NodeID"])).remote(sweep) for node in alive(ray)]
    ray.wait(asked, num_returns=len(asked), timeout=FORGET_SECONDS)
