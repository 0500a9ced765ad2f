"""Stage `measure` of the studies: runs one experiment and writes its figures, a row a line."""

import argparse
import importlib
import inspect
import json
import pkgutil
import time
from pathlib import Path

from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file
from studies import experiments

PROGRESS_SECONDS = 5  # between two lines


@exits_on_input_error
def main(arguments: list[str] | None = None) -> None:
    """Runs an experiment."""
    names = sorted(module.name for module in pkgutil.iter_modules(experiments.__path__))
    parser = argparse.ArgumentParser(prog="python -m studies.measure", description=__doc__)
    parser.add_argument("study", choices=names, metavar="study", help=", ".join(names))
    parser.add_argument("--data", type=Path, help="folder of prepared datasets, for studies that read text")
    parser.add_argument("--vectors", type=Path, help="folder of word vectors, for studies of tasks")
    parser.add_argument("--characters", type=Path, help="prepared text of characters, for studies of language models")
    parser.add_argument("--output", type=Path, required=True, help="file to write (JSON Lines)")
    options = parser.parse_args(arguments)

    measure = importlib.import_module(f"studies.experiments.{options.study}").measure
    folders = {name: getattr(options, name) for name in inspect.signature(measure).parameters}
    for name, folder in folders.items():
        if folder is None:
            raise InputError(f"study {options.study!r} reads a folder of {name}; give it (--{name})")
    started = printed = time.perf_counter()
    count = 0
    with atomic_file(options.output) as file:
        for row in measure(**folders):
            file.write(json.dumps(row) + "\n")
            count += 1
            if time.perf_counter() > printed + PROGRESS_SECONDS:
                printed = time.perf_counter()
                print(f"{options.study}: {printed - started:.0f} s, {count} figures; {row}", flush=True)
    print(f"{options.study}: {time.perf_counter() - started:.0f} s, {count} figures")


if __name__ == "__main__":
    main()
