"""Clones of this repository with a tiny default graph, and commands that run in them."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml

from pipelines import repro
from pipelines.reproduction import forked_python

ROOT = Path(__file__).parents[1]
# Commands find this Python and its DVC first, and nothing of the repository that is tested but the clone.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
# Those of `run` are forks of a Python that has imported these: see pipelines/reproduction/forked_python.py.
LIBRARIES = (
    "tensorflow",
    *repro.LIBRARIES,
    "dvc.cachemgr",
    "dvc.cli.parser",
    "dvc.commands.repro",
    "dvc.data_cloud",
    "dvc.repo.artifacts",
    "dvc.repo.datasets",
    "dvc.repo.experiments.show",
    "dvc.repo.graph",
    "dvc.repo.index",
    "dvc.repo.plots",
    "dvc.repo.reproduce",
    "dvc.repo.stage",
    "celery",
    "networkx",
    "ruamel.yaml",
)


def tiny_clone(folder: Path, runs: Iterable[str]) -> None:
    """Copies the repository as it stands, without its lock files: few sentences, short trainings, some of the runs.

    The loops that are compiled here are committed there, for the copies that DVC makes of a clone.
    """
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for lock in folder.rglob("dvc.lock"):
        lock.unlink()
    copy_compiled_loops(folder)

    def edit(path, change):
        content = yaml.safe_load((folder / path).read_text(encoding="utf-8"))
        change(content)
        (folder / path).write_text(yaml.safe_dump(content), encoding="utf-8")

    sizes = {"train": 60, "dev": 20, "test": 20, "unlabelled": 100}
    for path in (folder / "configs/datasets").glob("toy_*.yaml"):
        edit(path, lambda content: content["sentences"].update(sizes))
    for path in (folder / "configs/tasks").glob("*.yaml"):
        edit(path, lambda content: content["training"].update(epochs=2))
    for name in ("english_cbow", "english_skip_gram", "russian_skip_gram"):
        edit(f"configs/vectors/{name}.yaml", lambda content: content.update(epochs=1, dimensions=8))
    edit("configs/runs.yaml", lambda content: content.update(runs={name: content["runs"][name] for name in runs}))
    for path in ("benchmarks/runs.yaml", "benchmarks/variants.yaml"):  # one of each: their graph is read, not run
        edit(path, lambda content: [content.update({kind: dict([*of.items()][:1])}) for kind, of in content.items()])
    run(folder, "git init -q && git config user.name T && git config user.email t@example.org")
    run(folder, "git add -A && git ls-files -oz '*.nb[ci]' | xargs -0r git add -f")


def copy_compiled_loops(folder: Path) -> None:
    """Copies what numba has compiled here to a copy of the same sources, which it would take seconds for each loop."""
    for loop in ROOT.glob("pipelines/**/__pycache__/*.nb[ci]"):
        (folder / loop.relative_to(ROOT)).parent.mkdir(exist_ok=True)
        shutil.copy(loop, folder / loop.relative_to(ROOT))


def path_of_forks() -> str:
    """The PATH on which commands are forks."""
    return os.pathsep.join([os.environ["FORKED_PYTHON"], PATH])


def run(folder: Path, command: list[str] | str, **environment: str) -> str:
    """What a command (a list of words, or a line for bash) prints in a folder; it must succeed."""
    done = subprocess.run(
        ["bash", "-c", command] if isinstance(command, str) else command,
        cwd=folder,
        env={**os.environ, "PATH": path_of_forks(), "PYTHONPATH": str(folder), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


def dvc(folder: Path, *arguments: str, **environment: str) -> str:
    """What a DVC command prints in a folder."""
    return run(folder, ["dvc", *arguments], **environment)


@contextlib.contextmanager
def another_python(hash_seed: int, folder: Path) -> Iterator[None]:
    """Lets `run` run commands, within a block, as forks of another Python, which writes what it needs into a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONHASHSEED", str(hash_seed))
        patch.setenv("FORKED_PYTHON", str(folder))
        process = forked_python.start(folder, LIBRARIES)
        while not (folder / "socket").exists():
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield
        process.communicate()


def start(folder: Path, *command: str, **environment: str) -> subprocess.Popen:
    """Starts a module of this Python in a clone, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PATH": PATH, "PYTHONPATH": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell lets what it starts in the background ignore it, tests among that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def start_fork(folder: Path, command: list[str], notes: Path) -> tuple[subprocess.Popen, int]:
    """Starts `python -m MODULE` in a clone as a fork, as `run` does: no kill falls into the imports of libraries.

    Args:
        folder: of the clone.
        command: the module and its arguments.
        notes: an empty folder, or that of an earlier call.

    Returns:
        The process that waits for the command and ends as it does, and the id of the command's own.
    """
    (notes / "sitecustomize.py").write_text("import os, sys\nprint(os.getpid(), file=sys.stderr)\n", encoding="utf-8")
    process = subprocess.Popen(
        ["python", "-m", *command],
        cwd=folder,
        env={**os.environ, "PATH": path_of_forks(), "PYTHONPATH": f"{folder}{os.pathsep}{notes}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    return process, int(process.stderr.readline())


def finish(process: subprocess.Popen) -> tuple[str, str]:
    """Waits until a process has succeeded; returns what it wrote to standard output and to standard error."""
    output, errors = process.communicate()
    assert process.returncode == 0, output[-3000:] + errors[-3000:]
    return output, errors


def kill(process: subprocess.Popen, by: signal.Signals = signal.SIGKILL) -> tuple[int, str]:
    """Sends a signal to a process and to those that it started, and waits for its end.

    Returns:
        Its exit status, and what it wrote to standard error.
    """
    os.killpg(process.pid, by)
    errors = process.communicate()[1]
    return process.returncode, errors
