"""A Python that has imported the large libraries once and forks itself for each command.

A command costs its own work so, not three seconds of imports before it. Each runs in a process of its own that has
imported nothing of the repository. Commands that ask for another PYTHONHASHSEED, and those that are no `python -m
MODULE`, get a new interpreter, from its first byte on; so do all while the libraries are being imported, and if that
failed.
"""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path


@contextlib.contextmanager
def first_on_path(libraries: Sequence[str]) -> Iterator[None]:
    """Lets the commands of a block be forked, but not with a GPU or elsewhere than on Linux, where that is not safe."""
    from embeddings.foundation.quiet_start import has_cuda_driver

    if sys.platform != "linux" or has_cuda_driver():
        yield
        return
    path = os.environ["PATH"]
    with tempfile.TemporaryDirectory(prefix="elman-") as folder:
        process = start(Path(folder), libraries)
        os.environ["PATH"] = os.pathsep.join([folder, path])
        try:
            yield
        finally:
            os.environ["PATH"] = path
            if not Path(folder, "socket").exists():  # it still imports
                process.kill()
            process.communicate()


def start(folder: Path, libraries: Sequence[str], at_once: bool = True) -> subprocess.Popen:
    """Starts the Python that forks, which ends with its standard input, and writes commands that ask it into a folder.

    Args:
        folder: to stand first on the PATH: it gets `python`, `dvc` and `elman`.
        libraries: what to import.
        at_once: whether to import it now; else the first command waits for it.
    """
    address = str(folder / "socket")
    asker = Path(__file__).with_name("forked_command.py")
    ask = f'exec "{sys.executable}" -SEs "{asker}" "{address}" "{os.environ.get("PYTHONHASHSEED", "")}"'
    for name, module in (("python", ""), ("dvc", " -m dvc"), ("elman", " -m pipelines.cli")):
        (folder / name).write_text(f'#!/bin/sh\n{ask}{module} "$@"\n', encoding="utf-8")
        (folder / name).chmod(0o755)
    with open(folder / "log", "w") as log:
        command = [sys.executable, __file__, address, str(int(at_once)), *libraries]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment)


def listen(address: str, at_once: bool, libraries: Sequence[str]) -> None:
    """Runs commands until standard input ends; returns in the process of each command, ready to run it."""
    import atexit

    atexit.register(leave)  # first, so that it comes last
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if at_once:
        load(libraries)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    ended, awake = os.pipe()
    for end in (ended, awake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(awake)
    asked: dict[int, socket.socket] = {}  # commands that run, and who waits for each
    while asked or listener.fileno() >= 0:
        new = [listener, sys.stdin] if listener.fileno() >= 0 else []
        waiting = [connection for connection in asked.values() if connection.fileno() >= 0]
        ready = select.select([*new, *waiting, ended], [], [])[0]
        if ended in ready:
            os.read(ended, 4096)
            tell_ends(asked)
        for command, connection in asked.items():
            if connection in ready:
                os.kill(command, signal.SIGTERM)  # who asked was killed
                connection.close()
        if listener in ready:
            connection, _ = listener.accept()
            if not at_once:
                load(libraries)
                at_once = True
            streams, words = received(connection)
            command = os.fork() if words else None
            if command == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.signal(signal.SIGINT, signal.default_int_handler)
                for one in (listener, connection, *asked.values()):
                    one.close()
                for number in (ended, awake):
                    os.close(number)
                become(streams, words[0], words[2 : 2 + int(words[1])], words[2 + int(words[1]) :])
                return
            for stream in streams:
                os.close(stream)
            if command:
                asked[command] = connection
        elif sys.stdin in ready:
            listener.close()  # who asks now gets a new interpreter
    os._exit(0)


def load(libraries: Sequence[str]) -> None:
    """Imports libraries, those that there are, with what the first use of two of them takes.

    Numba registers what it can compile, and TensorFlow looks for devices where there can be no more than processors.
    """
    import gc
    import importlib

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")
    for library in libraries:
        with contextlib.suppress(ImportError):
            importlib.import_module(library)
    if "numba" in sys.modules:
        sys.modules["numba"].njit(lambda number: number)(1)
    if "tensorflow" in sys.modules:
        sys.modules["tensorflow"].config.list_physical_devices()  # which says that there is no driver of CUDA
    gc.collect()
    gc.freeze()


def received(connection: socket.socket) -> tuple[list[int], list[str]]:
    """The streams of who asks, and the words of the message; none where it was killed before it had sent them."""
    size, streams, _, _ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as file:
        message = file.read(int.from_bytes(size, "big"))
    whole = len(size) == 8 and len(message) == int.from_bytes(size, "big")
    return streams, os.fsdecode(message).split("\0") if whole else []


def tell_ends(asked: dict[int, socket.socket]) -> None:
    """Tells who waits for a command that has ended its exit status."""
    while asked and (ended := os.waitpid(-1, os.WNOHANG))[0]:
        if connection := asked.pop(ended[0], None):
            with contextlib.suppress(OSError):  # who asked was killed
                connection.sendall(bytes([os.waitstatus_to_exitcode(ended[1]) & 255]))
            connection.close()


status = 0  # with which this process ends


def leave() -> None:
    """Ends this process without taking apart the libraries, which would copy their memory from the other process."""
    for stream in (sys.stdout, sys.stderr):
        if not stream.closed:
            stream.flush()
    os._exit(status)


def become(streams: Sequence[int], folder: str, arguments: list[str], environment: Sequence[str]) -> None:
    """Gives this process what a new interpreter would find: streams, folder, environment, arguments and paths."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update({name: value for name, _, value in (word.partition("=") for word in environment)})
    buffering = 1 if os.environ.get("PYTHONUNBUFFERED") else -1
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", buffering, encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.orig_argv = [sys.executable, *arguments]
    sys.argv = arguments[1:]
    own = sys.path.index(str(Path(__file__).parent))
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[own : own + 1] = [folder, *filter(None, paths)]


if __name__ == "__main__":
    listen(sys.argv[1], sys.argv[2] == "1", sys.argv[3:])

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
    except BaseException as error:
        traceback.print_exc()
        status = 130 if isinstance(error, KeyboardInterrupt) else 1
