"""One implementation in a process of its own: takes commands as JSON lines and answers in the same way."""

import importlib
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.speed.cases import Case

STATUS = Path("/proc/self/status")


def main() -> None:
    """Serves {"case": ...} with the seconds of a warm step each, and {"pass", "steps"} with seconds and memory."""
    implementation = sys.argv[1]
    module = importlib.import_module(f"benchmarks.speed.{'torch' if implementation == 'torch' else 'keras'}_steps")
    steps: dict[str, Callable[[], Any]] = {}
    before = 0.0
    for line in sys.stdin:
        command = json.loads(line)
        if "case" in command:
            steps.clear()
            reset_peak()
            before = megabytes("VmRSS")
            steps.update(module.make_steps(Case(**command["case"]), implementation))
            answer = {name: warm_seconds(step) for name, step in steps.items()}
            reset_peak()  # what compilation took does not count
        else:
            started = time.perf_counter()
            for _ in range(command["steps"]):
                steps[command["pass"]]()
            seconds = (time.perf_counter() - started) / command["steps"]
            answer = {"seconds": seconds, "peak_memory_mb": megabytes("VmHWM") - before}
        print(json.dumps(answer), flush=True)


def warm_seconds(step: Callable[[], Any]) -> float:
    """Seconds of a step after the first ones, which compile."""
    for _ in range(3):
        started = time.perf_counter()
        step()
    return time.perf_counter() - started


def megabytes(field: str) -> float:
    """Memory of this process as Linux gives it: VmRSS now, VmHWM at its peak."""
    found = re.search(rf"{field}:\s+(\d+) kB", STATUS.read_text()) if STATUS.exists() else None
    return int(found[1]) / 1024 if found else float("nan")


def reset_peak() -> None:
    """Lets the peak start anew from what is in use."""
    if STATUS.exists():
        Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    main()
