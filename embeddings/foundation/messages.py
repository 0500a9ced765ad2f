"""Messages to the user: logged, and written to standard error by a command; its result goes to standard output."""

import logging
import sys

from embeddings.foundation.escaping import printable

PACKAGES = ("embeddings", "pipelines", "__main__")  # the last is the module that `python -m` runs


class _StandardError(logging.Handler):
    """Writes to what is standard error at the moment, which a progress bar or a test may have replaced."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), file=sys.stderr, flush=True)

    def format(self, record: logging.LogRecord) -> str:
        """The message alone, without what a terminal would obey; a warning says that it is one."""
        message = "\n".join(map(printable, super().format(record).split("\n")))
        return f"{'warning: ' if record.levelno >= logging.WARNING else ''}{message}"


_HANDLER = _StandardError()


def show_messages() -> None:
    """Writes what the packages log, from INFO on, to standard error; as a library they are silent but for warnings."""
    for name in PACKAGES:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(_HANDLER)  # which is added once
