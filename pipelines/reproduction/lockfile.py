"""The whole `dvc.lock`: a copy of it beside DVC's own files, and what is done where a kill cut it.

DVC writes `dvc.lock` and its `rwlock` in place, so a kill can leave the beginning of either. Of `dvc.lock` that
may be good YAML: then entries are simply gone, and DVC takes their stages for ones that never ran.
"""

import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_file, atomic_path


class LockFile:
    """A `dvc.lock` and its copy. Nobody but the caller may write it meanwhile: hold DVC's lock of the repository.

    Args:
        path: the lock file.
        copy: its copy, in DVC's folder for what it does not keep.
    """

    def __init__(self, path: Path, copy: Path) -> None:
        self.path = path
        self.copy = copy
        self.read_write_lock = copy.parent / "rwlock"

    def keep(self) -> None:
        """Copies the lock file, which must be whole."""
        if self.path.exists():
            with atomic_path(self.copy) as place:
                shutil.copyfile(self.path, place)

    def repair(self, stages: Collection[str]) -> list[str]:
        """Puts the copy in the place of a damaged lock file, and keeps a whole one.

        Finished stages that the copy lacks come from DVC's cache. A lock file that is not there was removed by
        somebody: then its copy is removed as well.

        Args:
            stages: the names of the stages of dvc.yaml.

        Returns:
            A line for each thing that was done.

        Raises:
            InputError: the lock file is damaged and has no copy.
        """
        done = []
        if self.read_write_lock.exists() and not _release(self.read_write_lock):
            self.read_write_lock.unlink()
            done.append(f"{self.read_write_lock}: a kill had cut it; removed")
        if not self.path.exists():
            self.copy.unlink(missing_ok=True)
        elif reason := damage(self.path, self.copy if self.copy.exists() else None, stages):
            if not self.copy.exists():
                raise InputError(f"{self.path}: expected a whole lock file, {reason}; git checkout {self.path}")
            with atomic_path(self.path) as place:
                shutil.copyfile(self.copy, place)
            done.append(f"{self.path}: {reason}; replaced by its last whole copy, DVC's cache has the rest")
        else:
            self.keep()
        return done


def damage(path: Path, whole: Path | None, stages: Collection[str]) -> str | None:
    """What is wrong with a lock file; None where it is whole.

    Args:
        path: of the lock file.
        whole: a whole one from before, if there is one.
        stages: the names of the stages of dvc.yaml; the lock file may lack others.
    """
    entries, before = _entries(path), (_entries(whole) if whole else None) or {}
    if not entries or not path.read_bytes().endswith(b"\n"):
        return "it is cut"
    if gone := [name for name in before if name in stages and name not in entries]:
        return f"it lacks {len(gone)} of its stages, {gone[0]} among them"
    last = list(entries)[-1]
    return None if _is_complete(entries[last], "outs" in before.get(last, ())) else f"its last stage, {last}, is cut"


def _entries(path: Path) -> dict[str, Any] | None:
    """Stage -> what a lock file says of it; None where DVC refuses the file."""
    from dvc.exceptions import DvcException
    from dvc.schema import COMPILED_LOCKFILE_SCHEMA
    from dvc.utils.strictyaml import load

    try:
        content, _ = load(str(path), COMPILED_LOCKFILE_SCHEMA)
    except DvcException:
        return None
    return content.get("stages")


def _is_complete(entry: dict[str, Any], has_outs: bool) -> bool:
    """Whether each dep and out of an entry has its hash and its size, and a folder the number of its files."""
    if has_outs and "outs" not in entry:
        return False
    for item in [*entry.get("deps", ()), *entry.get("outs", ())]:
        expected = {"md5", "size"} | ({"nfiles"} if str(item.get("md5")).endswith(".dir") else set())
        if not expected <= set(item):
            return False
    return True


def _release(path: Path) -> bool:
    """Takes out of DVC's list of readers and writers those that were killed; false where the file is no such list.

    DVC does so itself for processes that are gone, but not for those that nobody has waited for yet, as in a container,
    nor where another process has got the number since.
    """
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        return False
    written = path.stat().st_mtime
    for file, process in list(content.get("write", {}).items()):
        if not _may_run(process["pid"], written):
            del content["write"][file]
    for file, processes in list(content.get("read", {}).items()):
        content["read"][file] = [process for process in processes if _may_run(process["pid"], written)]
        if not content["read"][file]:
            del content["read"][file]
    with atomic_file(path) as place:
        json.dump(content, place)
    return True


def _may_run(pid: int, since: float) -> bool:
    """Whether a process that ran at a time may still run."""
    import psutil

    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= since + 1
    except psutil.NoSuchProcess:
        return False
