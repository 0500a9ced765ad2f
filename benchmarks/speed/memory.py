"""Peak memory of training recurrent layers on full batches: each implementation of each case in a new process.

Needs Linux. Other work on the machine hardly changes it, so that it is measured apart from the speed, and filled into
the rows of a file that `benchmarks.speed.recurrent` wrote.

    python -m benchmarks.speed.memory benchmarks/speed/recurrent.json
"""

import argparse
import json
import sys
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.speed.cases import Case
from benchmarks.speed.worker import Worker

MEASURED = {"pass": "train", "lengths": "full"}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure the peak memory of training recurrent layers.")
    parser.add_argument("rows", type=Path, help="file of rows (JSON) that benchmarks.speed.recurrent wrote")
    options = parser.parse_args(arguments)
    rows = json.loads(options.rows.read_text(encoding="utf-8"))
    fill(rows)
    options.rows.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def fill(rows: list[dict[str, Any]]) -> None:
    """Writes the memory into each row that is of training on full batches."""
    rows = [row for row in rows if MEASURED.items() <= row.items()]
    for number, row in enumerate(rows, start=1):
        case = Case(**{each.name: row[each.name] for each in fields(Case)})
        if row["implementation"] != "elman":
            case = replace(case, cell=case.of_others)
        row.update(peak_memory(row["implementation"], case))
        print(f"{number} of {len(rows)}: {row}", file=sys.stderr)


@cache
def peak_memory(implementation: str, case: Case) -> dict[str, float]:
    """What a new process says of itself: `peak_memory_mb` above its start, `process_memory_mb` in all."""
    worker = Worker(implementation)
    measured = worker.ask(memory_of=vars(case))
    worker.end()
    return measured


if __name__ == "__main__":
    main()
