"""One implementation in a process of its own: takes commands as JSON lines and answers in the same way."""

import importlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.speed.cases import Case

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
MEMORY_STEPS = 5
INSTRUCTIONS: dict[str, dict[str, str]] = {
    "native": {},
    "avx2": {
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "+avx2,+fma",
        "ONEDNN_MAX_CPU_ISA": "AVX2",  # of TensorFlow and PyTorch
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",  # of NumPy
    },
}


class Worker:
    """The other side: starts the process and asks it.

    Args:
        implementation: which.
        environment: of the process, beside that of this one.
        module: that it runs.
    """

    def __init__(
        self, implementation: str, environment: Mapping[str, str] | None = None, module: str = "benchmarks.speed.worker"
    ) -> None:
        backend = "jax" if implementation == "keras-jax" else "tensorflow"
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, implementation],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {}), "KERAS_BACKEND": backend},
        )

    def ask(self, **command: Any) -> dict[str, Any]:
        """The answer to a command."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(command), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def end(self) -> None:
        """Lets the process end, and waits for it."""
        self.process.communicate()


def main() -> None:
    """Serves {"case"} with seconds of a warm step each, {"pass", "steps"} with seconds, {"memory_of"} with memory."""
    implementation = sys.argv[1]
    library = "torch" if implementation.startswith("torch") else "keras"
    module = importlib.import_module(f"benchmarks.speed.{library}_steps")
    steps: dict[str, Callable[[], Any]] = {}
    for line in sys.stdin:
        command = json.loads(line)
        if "case" in command:
            case = Case(**command["case"])
            steps.clear()
            steps.update(module.make_steps(case, implementation, case.inputs()))
            answer = {name: warm_seconds(step) for name, step in steps.items()}
        elif "memory_of" in command:
            answer = peak_memory(module, Case(**command["memory_of"]), implementation)
        else:
            started = time.perf_counter()
            for _ in range(command["steps"]):
                steps[command["pass"]]()
            answer = {"seconds": (time.perf_counter() - started) / command["steps"]}
        print(json.dumps(answer), flush=True)


def warm_seconds(step: Callable[[], Any]) -> float:
    """Seconds of a step after the first ones, which compile."""
    for _ in range(3):
        started = time.perf_counter()
        step()
    return time.perf_counter() - started


def peak_memory(module: ModuleType, case: Case, implementation: str) -> dict[str, float]:
    """Peak of the resident memory while a layer is made and trained for some steps, in a process that did nothing yet.

    It counts from what the process held after its imports, a step on a small batch (the first one loads more of an
    implementation) and the making of the data: `peak_memory_mb`. `process_memory_mb` counts from nothing.
    """
    small = replace(case, batch=8, features=8, units=8)
    module.make_steps(small, implementation, small.inputs())["train"]()
    inputs = case.inputs()
    CLEAR.write_text("5")  # the peak starts anew from what is in use: proc_pid_clear_refs(5)
    before = megabytes("VmRSS")
    step = module.make_steps(case, implementation, inputs)["train"]
    for _ in range(MEMORY_STEPS):
        step()
    peak = megabytes("VmHWM")
    return {"peak_memory_mb": round(peak - before, 1), "process_memory_mb": round(peak, 1)}


def megabytes(field: str) -> float:
    """Memory of this process as Linux gives it: VmRSS now, VmHWM at its peak."""
    found = re.search(rf"{field}:\s+(\d+) kB", STATUS.read_text())
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    main()
