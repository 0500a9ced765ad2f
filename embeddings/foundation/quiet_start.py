"""TensorFlow starts without its notes; what it warns of is still said.

While it is loaded it writes to standard error that it uses oneDNN, that there is no CUDA and what the processor can,
whatever `TF_CPP_MIN_LOG_LEVEL` says. So its standard error goes through `sed` for that long, a process of its own,
which passes on what TensorFlow says before it ends the process.
"""

import contextlib
import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

NOTES = (
    r"^WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR$",
    "^I[0-9]{4} ",
    "^To enable the following instructions: ",
    r"^E[0-9]{4} .* failed call to cuInit: .*\(303\)$",  # there is no driver, which is no error on a CPU
)


class QuietStart(MetaPathFinder):
    """Finds TensorFlow as it is found otherwise, with a loader that keeps its notes back."""

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        """The specification of the module `tensorflow`; of no other."""
        spec = PathFinder.find_spec(name, path, target) if name == "tensorflow" else None
        if spec and spec.loader:
            load = spec.loader.exec_module

            def load_quietly(module: ModuleType) -> None:
                os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")  # without notes later on
                with _without_notes():
                    load(module)
                    if not has_cuda_driver():
                        module.config.list_physical_devices()  # looks for one

            spec.loader.exec_module = load_quietly
        return spec


@contextlib.contextmanager
def _without_notes() -> Iterator[None]:
    command = ["sed", "-E", "-e", ";".join(f"/{note}/d" for note in NOTES)]
    errors = os.dup(2)
    try:
        sed = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=errors, env={**os.environ, "LC_ALL": "C"})
    except OSError:  # no such program: then the notes are shown
        yield
        return
    assert sed.stdin
    sys.stderr.flush()
    os.dup2(sed.stdin.fileno(), 2)
    sed.stdin.close()
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(errors, 2)
        os.close(errors)
        with contextlib.suppress(subprocess.TimeoutExpired):  # a process that was started meanwhile may hold it open
            sed.wait(timeout=1)


def has_cuda_driver() -> bool:
    """Whether there is a driver of NVIDIA's GPUs."""
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True
