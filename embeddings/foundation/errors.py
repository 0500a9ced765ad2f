"""The one exception that means "the input is wrong", and how a command reports it, a full disk and its time."""

import contextlib
import errno
import functools
import inspect
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, ParamSpec

from embeddings.foundation.escaping import printable
from embeddings.foundation.light_start import start_light
from embeddings.foundation.messages import show_messages

P = ParamSpec("P")
log = logging.getLogger(__name__)

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # of an OSError: there is no room


LONGEST = 1_000  # message


class InputError(ValueError):
    """Wrong input from the user, reported in one line: `where: expected, got; what to do`."""


def exits_on_input_error(main: Callable[P, None], *, tells_time: bool = True) -> Callable[P, None]:
    """Makes a command print an `InputError` as one line and exit with code 2; else, at its end, its time.

    So it does with what the machine refuses (an `OSError`), a full disk, a folder that may not be written to, and with
    a package that is not there, where only what prediction needs is installed.
    """

    @functools.wraps(main)
    def command(*args: P.args, **kwargs: P.kwargs) -> None:
        start = time.perf_counter()
        show_messages()
        start_light()
        try:
            if sys.stdout is None:
                raise InputError("standard output: expected it open, got it closed; send it to a file or to /dev/null")
            try:
                main(*args, **kwargs)
            except Exception as error:
                if _is_interruption(error):
                    raise KeyboardInterrupt from None
                raise
            finally:
                sys.stdout.flush()  # here, where a full disk is told
        except InputError as error:
            _exit(str(error))
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package in ("", "embeddings", "pipelines"):
                raise
            _exit(f"the package {package} is not installed, which this needs; install Elman whole: pip install elman")
        except MemoryError as error:
            _exit(f"expected less to hold in memory, got no room: {error or 'all is taken'}; make it smaller")
        except KeyboardInterrupt:
            print("interrupted; nothing is left half-written", file=sys.stderr)
            sys.exit(130)
        except UnicodeEncodeError as error:
            _exit(f"{error.object[error.start]!r} cannot be written in {error.encoding}; set PYTHONIOENCODING=utf-8")
        except BrokenPipeError:  # whoever read the output has seen enough
            _discard_output()
            sys.exit(1)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            if error.filename is None and error.errno in FULL:
                where = "standard output: "
                _discard_output()
            advice = (
                "; nothing is left half-written; make room, or write to another disk" if error.errno in FULL else ""
            )
            _exit(f"{where}{error.strerror or error}{advice}")
        if tells_time:
            log.info(f"{Path(inspect.getfile(main)).stem}: {time.perf_counter() - start:.1f} s")

    return command


def _is_interruption(error: BaseException | None) -> bool:
    """Whether a library has turned Ctrl-C into an error of its own."""
    while error and not isinstance(error, KeyboardInterrupt):
        if "KeyboardInterrupt" in str(error):  # of TensorFlow's threads
            return True
        error = error.__cause__ or error.__context__
    return error is not None


def one_line(message: str) -> str:
    """A message without line ends and what a terminal would obey; of a long one beginning and end."""
    message = printable(" ".join(message.split()))
    return message if len(message) <= LONGEST else f"{message[: LONGEST // 2]} ... {message[-LONGEST // 2 :]}"


def _discard_output() -> None:
    """Sends what is left of standard output nowhere, so that Python's end does not stumble over it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _exit(message: str) -> NoReturn:
    with contextlib.suppress(OSError):  # standard error is full
        print(f"error: {one_line(message)}", file=sys.stderr)
    sys.exit(2)
