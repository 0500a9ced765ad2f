"""The one exception that means "the input is wrong", and how a command reports it and its time."""

import functools
import inspect
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

P = ParamSpec("P")


class InputError(ValueError):
    """Wrong input from the user, told in one line: `where: expected, got; what to do`."""


def exits_on_input_error(main: Callable[P, None]) -> Callable[P, None]:
    """Makes a command print an `InputError` as one line and exit with code 2; else, at its end, its time."""

    @functools.wraps(main)
    def command(*args: P.args, **kwargs: P.kwargs) -> None:
        start = time.perf_counter()
        try:
            main(*args, **kwargs)
        except InputError as error:
            print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
            sys.exit(2)
        print(f"{Path(inspect.getfile(main)).stem}: {time.perf_counter() - start:.1f} s", file=sys.stderr)

    return command
