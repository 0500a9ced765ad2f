"""Progress of a long job on standard error: a bar on a terminal, elsewhere a line now and then."""

import atexit
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

Item = TypeVar("Item")
REFRESH_SECONDS = 0.1  # between two states of a bar


class Progress:
    """Shows how far a job is, how long it has taken and, if its total is known, about how long it will still take.

    Use it as a context, or call `start` and `stop`.

    Args:
        job: what is done.
        unit: of what is counted.
        total: how many there will be, if that is known.
        begin: how many of them were there before.
        interval_seconds: between two lines.
        heartbeat: whether lines come without updates as well, for a job that calls nothing while it works.
    """

    def __init__(
        self,
        job: str,
        unit: str,
        total: int | None = None,
        begin: float = 0,
        interval_seconds: float = 15,
        heartbeat: bool = False,
    ) -> None:
        self._job, self._unit, self._total, self._begin = job, unit, total, begin
        self._interval_seconds = interval_seconds
        self._done, self._state, self._updated = begin, "", 0.0
        self._bar: Any = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True) if heartbeat else None

    def __enter__(self) -> "Progress":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begins; the job's time counts from here."""
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        self._started, self._shown = time.perf_counter(), 0.0
        console = Console(file=sys.stderr)
        if console.is_interactive:
            self._interval_seconds = REFRESH_SECONDS
            columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[text]}")
            self._bar = Bar(*columns, console=console, transient=True)
            self._task = self._bar.add_task(self._job, total=self._total, completed=self._begin, text=self._text())
            self._bar.start()
            atexit.register(self.stop)  # a command that fails leaves the terminal as it was
        if self._thread:
            self._thread.start()

    def stop(self) -> None:
        """Ends; a bar goes, lines stay."""
        self._stopped.set()
        if self._thread:
            self._thread.join()
        if self._bar:
            self._bar.stop()
            atexit.unregister(self.stop)

    @property
    def seconds(self) -> float:
        """Time since the job began."""
        return time.perf_counter() - self._started

    def update(self, done: float, state: str = "", keep: bool = False) -> None:
        """Takes note of how far the job is, and shows it if it is time for that.

        Args:
            done: how many there are, those before the job included.
            state: shown in the place of that number.
            keep: whether to show it in any case, as a line that stays.
        """
        self._done, self._state, self._updated = done, state, self.seconds
        if keep:
            self._line()
        if not self._thread and self._updated - self._shown >= self._interval_seconds:
            self._show()

    def counted(self, items: Iterable[Item]) -> Iterator[Item]:
        """Passes items on, and counts them."""
        for count, item in enumerate(items, start=1):
            yield item
            self.update(count)

    def _show(self) -> None:
        if self._bar:
            self._shown = self.seconds
            self._bar.update(self._task, completed=self._done, text=self._text())
        else:
            self._line()

    def _line(self) -> None:
        self._shown = self.seconds
        line = f"{self._job}: {self._text()}"
        if self._bar:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def _text(self) -> str:
        of_total = f" of {self._total:,}" if self._total else ""
        parts = [self._state or f"{self._done:,.0f}{of_total} {self._unit}", f"{self.seconds:.0f} s so far"]
        if not self._total:
            parts.append(f"{self._done / max(self.seconds, 1e-9):,.0f} {self._unit}/s")
        elif self._begin < self._done < self._total:
            each = self._updated / (self._done - self._begin)
            parts.append(f"about {max(0.0, each * (self._total - self._begin) - self.seconds):.0f} s left")
        return ", ".join(parts)

    def _beat(self) -> None:
        while not self._stopped.wait(self._interval_seconds):
            self._show()
