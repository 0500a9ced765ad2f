"""A Python that has imported the large libraries once and forks itself for each command that a test runs.

A command costs its own work so, not three seconds of imports before it. Each runs in a process of its own that has
imported nothing of the repository. Three kinds of commands still get a new interpreter, from its first byte on: those
that ask for a PYTHONHASHSEED, those that are no `python -m MODULE`, and those that `clones.start` starts.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

LIBRARIES = (
    "tensorflow",
    "keras",
    "numba",
    "scipy.stats",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
    "gensim.models",
    "sacrebleu",
    "seqeval.metrics",
    "threadpoolctl",
    "dvc.cli.parser",
    "dvc.commands.repro",
    "dvc.repo.experiments",
    "dvc.repo.reproduce",
    "celery",
)


def start(folder: Path) -> subprocess.Popen:
    """Starts the Python that forks, which ends with its standard input, and writes commands that ask it into a folder.

    Args:
        folder: to stand first on the PATH: it gets `python`, `dvc` and `elman`.
    """
    address = str(folder / "socket")
    ask = f'exec "{sys.executable}" -SEs "{__file__}" "{address}"'
    for name, module in (("python", ""), ("dvc", " -m dvc"), ("elman", " -m pipelines.cli")):
        (folder / name).write_text(f'#!/bin/sh\n{ask}{module} "$@"\n', encoding="utf-8")
        (folder / name).chmod(0o755)
    with open(folder / "log", "w") as log:
        command = [sys.executable, __file__, "--listen", address]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment)


def ask(address: str, arguments: list[str]) -> None:
    """Lets the Python that listens run a command in this process's folder, environment and streams, and ends as it."""
    if arguments[:1] != ["-m"] or "PYTHONHASHSEED" in os.environ:
        os.execv(sys.executable, [sys.executable, *arguments])
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        socket.send_fds(connection, [b"."], [0, 1, 2])
        words = [os.getcwd(), str(len(arguments)), *arguments, *(f"{k}={v}" for k, v in os.environ.items())]
        connection.sendall(os.fsencode("\0".join(words)))
        connection.shutdown(socket.SHUT_WR)
        status = connection.recv(1)
    os._exit(status[0] if status else 1)


def listen(address: str) -> None:
    """Runs commands until standard input ends; returns in the process of each command, ready to run it."""
    import atexit
    import gc
    import importlib
    import select

    atexit.register(leave)  # first, so that it comes last
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    imported = False
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        connection, _ = listener.accept()
        if not imported:  # by the first that asks
            for library in LIBRARIES:
                importlib.import_module(library)
            gc.collect()
            gc.freeze()
            imported = True
        if os.fork() == 0:
            listener.close()
            _, streams, _, _ = socket.recv_fds(connection, 1, 3)
            command = os.fork()
            if command:
                connection.sendall(bytes([os.waitstatus_to_exitcode(os.waitpid(command, 0)[1]) & 255]))
                os._exit(0)
            with connection.makefile("rb") as file:
                words = os.fsdecode(file.read()).split("\0")
            connection.close()
            become(streams, words[0], words[2 : 2 + int(words[1])], words[2 + int(words[1]) :])
            return
        connection.close()
        reap(wait=False)
    reap(wait=True)
    os._exit(0)


def reap(wait: bool) -> None:
    """Takes note of forks that have ended, so that their time counts as that of this process's children."""
    try:
        while os.waitpid(-1, 0 if wait else os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


status = 0  # with which this process ends


def leave() -> None:
    """Ends this process without taking apart the libraries, which would copy their memory from the other process."""
    for stream in (sys.stdout, sys.stderr):
        if not stream.closed:
            stream.flush()
    os._exit(status)


def become(streams: list[int], folder: str, arguments: list[str], environment: list[str]) -> None:
    """Gives this process what a new interpreter would find: streams, folder, environment, arguments and paths."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update({name: value for name, _, value in (word.partition("=") for word in environment)})
    sys.orig_argv = [sys.executable, *arguments]
    sys.argv = arguments[1:]
    own = sys.path.index(str(Path(__file__).parent))
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[own : own + 1] = [folder, *filter(None, paths)]


if __name__ == "__main__":
    if sys.argv[1] != "--listen":
        ask(sys.argv[1], sys.argv[2:])
    listen(sys.argv[2])

    import contextlib
    import importlib
    import runpy
    import traceback

    sys.modules.pop("sitecustomize", None)
    with contextlib.suppress(ImportError):
        importlib.import_module("sitecustomize")  # as a new interpreter does
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as exit:
        status = exit.code if isinstance(exit.code, int) else int(exit.code is not None)
        if isinstance(exit.code, str):
            print(exit.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
