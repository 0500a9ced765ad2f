"""A process that runs commands of DVC, each a JSON list of words on a line of standard input.

DVC takes longer to load than to begin a stage, so one process runs many. A line with a zero byte and the exit status
ends what a command writes.
"""

import contextlib
import gc
import json
import os
import sys

from pipelines.reproduction.lock_entries import write_entries_alone

INTERRUPTED = 252  # DVC's exit status


def main() -> None:
    """Runs commands until there are no more, or one was interrupted."""
    from dvc.cli import main as dvc

    write_entries_alone()
    # DVC reads dvc.lock into objects that hold no cycles: without looking for them as often as usual it takes less.
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    commands = os.fdopen(os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # which stages inherit
    for line in commands:
        sys.argv = ["dvc", *json.loads(line)]
        status = dvc(sys.argv[1:])
        print(f"\n\0{status}", flush=True)
        if status == INTERRUPTED:
            return


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
