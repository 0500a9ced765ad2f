"""How long the main job takes, in multiples of `import keras` on the same machine in the same minutes.

python -m benchmarks.speed.main_job

In a clone of HEAD, with this environment and compiled bytecode, it runs `make repro` and then `dvc repro`, which has
nothing to do. Nothing else should run on the machine.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from embeddings.foundation.errors import exits_on_input_error

IMPORTS, REPEATS = 5, 3
LOCK_LINES = 4500
# Python imports this at its start: each process notes what it ran, and its own processor time, without its children's.
NOTE = """
import atexit, json, os, resource, sys
def note():
    used, words = resource.getrusage(resource.RUSAGE_SELF), [*sys.orig_argv, "-m", "other"]
    what = "DVC" if "dvc" in sys.modules else words[words.index("-m") + 1]
    with open(os.path.join(os.environ["NOTES"], f"{os.getpid()}.json"), "w") as file:
        json.dump([what, used.ru_utime + used.ru_stime], file)
atexit.register(note)
"""


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Prints a table of what was measured and of the bars."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.main_job", description=__doc__)
    parser.add_argument("--jobs", default="", help="stages at a time (default: what processors and memory allow)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        clone, notes = Path(folder, "clone"), Path(folder, "notes")
        notes.mkdir()
        (notes / "sitecustomize.py").write_text(NOTE, encoding="utf-8")
        subprocess.run(["git", "clone", "-q", ".", clone], check=True)
        (clone / ".venv").symlink_to(sys.prefix)
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PATH": os.pathsep.join([f"{sys.prefix}/bin", os.environ["PATH"]]), "PYTHONPATH": str(clone)}
        environment["NOTES"] = str(notes)

        def seconds(*command: str, shown: bool = False) -> float:
            started = time.perf_counter()
            output = None if shown else subprocess.DEVNULL
            subprocess.run(command, cwd=clone, env=environment, stdout=output, stderr=output, check=True)
            return time.perf_counter() - started

        seconds("python", "-m", "compileall", "-q", "embeddings", "pipelines")
        keras = median([seconds("python", "-c", "import keras") for _ in range(1 + IMPORTS)][1:])
        job = ["make", "--assume-old=.venv/installed", "repro", f"JOBS={options.jobs}", f"PYTHONPATH={clone}:{notes}"]
        wall = seconds(*job, shown=True)
        lock = (clone / "dvc.lock").read_text(encoding="utf-8").splitlines()
        stages = sum(line.startswith("    cmd:") for line in lock)
        took: dict[str, list[float]] = {}
        for path in notes.glob("*.json"):
            what, used = json.loads(path.read_text(encoding="utf-8"))
            took.setdefault(what, []).append(used)
        nothing = median(seconds("dvc", "repro") for _ in range(REPEATS))
        changed = subprocess.run(["git", "status", "--porcelain", "metrics"], cwd=clone, capture_output=True, text=True)

    table = Table("what", "seconds", "x import keras", "at most")
    for name, value, bar in (
        ("import keras", keras, ""),
        ("make repro", wall, "45"),
        (f"DVC overhead, each of {stages} stages", sum(took["DVC"]) / stages, "0.3"),
        ("dvc repro with nothing to do", nothing, "0.7"),
    ):
        table.add_row(name, f"{value:.2f}", f"{value / keras:.2f}", bar)
    Console().print(table)
    of_a_processor = Table("processes", "", "seconds of a processor")
    for what, used in sorted(took.items(), key=lambda item: -sum(item[1])):
        of_a_processor.add_row(what, str(len(used)), f"{sum(used):.1f}")
    Console().print(of_a_processor)
    print(f"dvc.lock: {len(lock)} lines, at most {LOCK_LINES}")
    print(f"metrics: other than those committed\n{changed.stdout}" if changed.stdout else "metrics: those committed")


if __name__ == "__main__":
    main()
