"""Commands of stages on a cluster: `python -m pipelines.train ...` runs on a node, and what it writes comes back.

A shell script named `python` stands first on the PATH and passes such a command on to `main` below, others to the next
`python`. Every path that a stage reads or writes is on its command line, so that nothing else need be known of it. The
checkpoint that a training keeps next to its run folder comes back after each epoch: another node goes on from it, and
so does the same command after it was killed.
"""

import contextlib
import ctypes
import itertools
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError, exits_on_input_error, one_line
from embeddings.foundation.files import atomic_folder, atomic_path
from pipelines.cluster.connection import connected
from pipelines.cluster.files import NodeFile, described, forget_everywhere, node_folder, place, put
from pipelines.cluster.nodes import alive, check_nodes, check_room, room
from pipelines.cluster.threads import bounded

MODULES = ("pipelines.train", "pipelines.predict", "pipelines.baseline")  # what takes time in a graph
WRITES = ("--output", "--cost", "--metrics")
CRASHES = 3  # of a command in a row
LOOK_SECONDS = 1.0  # between two looks at what a command has written
Event = tuple[str, Any]  # "text": what it says; "file": path and content; "end": exit status


@contextlib.contextmanager
def on_cluster(address: str, cpus: int, jobs: int | None = None) -> Iterator[int]:
    """Lets the commands of a block run on a cluster; gives how many at a time it has room for.

    Args:
        address: of the cluster.
        cpus: of each command, and its threads.
        jobs: how many at a time, where nodes come when there is work for them; None: what there is room for.

    Raises:
        InputError: there is no cluster, or a node does not fit.
    """
    group = f"commands-{os.getpid()}"
    with connected(address) as ray:
        check_nodes(ray)
        if not jobs:
            check_room(alive(ray), {"CPU": cpus})
        try:
            with first_on_path(address, group, cpus):
                yield jobs or room(alive(ray), {"CPU": cpus})
        finally:
            forget_everywhere(ray, group)


@contextlib.contextmanager
def first_on_path(address: str, group: str, cpus: int) -> Iterator[None]:
    """Puts the script first on the PATH.

    Args:
        address: of the cluster.
        group: names what nodes keep for these commands.
        cpus: of each command, and its threads.
    """
    before = os.environ["PATH"]
    with tempfile.TemporaryDirectory(prefix="elman-") as folder:
        script = Path(folder) / "python"
        away = shlex.join([sys.executable, "-m", "pipelines.cluster.commands", address, group, str(cpus)])
        cases = "".join(f'"-m {module}") shift; exec {away} "$@" ;;\n' for module in MODULES)
        rest = f'PATH="${{PATH#{folder}:}}"\nexec python "$@"\n'
        script.write_text(f'#!/bin/sh\ncase "$1 $2" in\n{cases}esac\n{rest}', encoding="utf-8")
        script.chmod(0o755)
        os.environ["PATH"] = os.pathsep.join([folder, before])
        try:
            yield
        finally:
            os.environ["PATH"] = before


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Runs `ADDRESS GROUP CPUS MODULE ARGUMENTS...` on a node and exits with its status."""
    address, group, cpus, module, *rest = sys.argv[1:] if arguments is None else arguments
    with connected(address) as ray:
        status = run(ray, group, int(cpus), module, rest)
    if status:
        sys.exit(status)


def run(ray: Any, group: str, cpus: int, module: str, arguments: Sequence[str]) -> int:
    """Runs a command on a node until it ends, on another one if that dies; gives its exit status.

    Raises:
        InputError: a path is absolute, or the command's process died several times in a row.
    """
    writes = [Path(after) for option, after in itertools.pairwise(arguments) if option in WRITES]
    reads = [Path(word) for word in arguments if Path(word).exists() and Path(word) not in writes]
    for path in (*reads, *writes):
        if path.is_absolute():
            raise InputError(f"{path}: expected a path relative to the working directory, got an absolute one")
    kept = [path.with_name(f".{path.name}.training.npz") for path in writes]
    task = ray.remote(num_cpus=cpus, max_retries=0, num_returns="streaming", scheduling_strategy="SPREAD")(run_here)
    crashes = 0
    while True:
        files = put(ray, described({str(path): path for path in files_of([*reads, *kept])}))
        try:
            for reference in task.remote(group, cpus, module, arguments, files, writes, kept):
                kind, value = ray.get(reference)
                if kind == "end":
                    for path in kept if value == 0 else ():
                        path.unlink(missing_ok=True)
                    return value
                if kind == "text":
                    print(value, end="", file=sys.stderr, flush=True)
                else:
                    write(*value)
                    crashes = 0
        except ray.exceptions.RayTaskError:
            raise
        except ray.exceptions.RayError as error:
            crashes += 1
            if crashes >= CRASHES:
                raise InputError(
                    f"{module}: its process died {CRASHES} times in a row: {one_line(str(error))}"
                ) from None
            print(f"{module}: its process died; continuing on another node", file=sys.stderr, flush=True)


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files that paths are or hold."""
    within = (path.rglob("*") if path.is_dir() else [path] for path in paths)
    return [path for each in within for path in each if path.is_file() and "__pycache__" not in path.parts]


def write(path: Path, content: bytes | dict[str, bytes]) -> None:
    """Writes a file, or a folder of files, whole or not at all."""
    if isinstance(content, bytes):
        with atomic_path(path) as temporary:
            temporary.write_bytes(content)
        return
    with atomic_folder(path) as folder:
        for name, inside in content.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(inside)


def read(path: Path) -> bytes | dict[str, bytes]:
    """What `write` takes, of a file or a folder."""
    if path.is_dir():
        return {str(each.relative_to(path)): each.read_bytes() for each in files_of([path])}
    return path.read_bytes()


def run_here(
    group: str,
    cpus: int,
    module: str,
    arguments: Sequence[str],
    files: Sequence[NodeFile],
    writes: Sequence[Path],
    kept: Sequence[Path],
) -> Iterator[Event]:
    """Runs a command here, in a folder of its own, and gives what it says and writes.

    Args:
        group: names what this node keeps.
        cpus: threads.
        module: to run.
        arguments: of the command.
        files: what it reads, by their paths.
        writes: what it writes at its end.
        kept: what it replaces while it runs.
    """
    commands = node_folder(group) / "commands"
    commands.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(dir=commands))
    place(files, group, folder)
    environment = {**os.environ, **bounded(cpus), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    said, seen = folder / ".said", {path: _changed(folder / path) for path in kept}
    with open(said, "w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            preexec_fn=_end_with_parent,
        )
        try:
            status = None
            with open(said, encoding="utf-8", errors="replace") as text:
                while status is None:
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        status = process.wait(LOOK_SECONDS)
                    if new := text.read():
                        yield "text", new
                    for path in kept:
                        if (changed := _changed(folder / path)) and changed != seen[path]:
                            seen[path] = changed
                            yield "file", (path, (folder / path).read_bytes())
            for path in writes if status == 0 else ():
                yield "file", (path, read(folder / path))
            yield "end", status
        finally:
            process.kill()
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


def _end_with_parent() -> None:
    """Lets a process end with the one that started it, where that is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


if __name__ == "__main__":
    main()
