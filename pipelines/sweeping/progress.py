"""The trials of a sweep on standard error while it runs: a table on a terminal, elsewhere a line at each end."""

import sys
from collections.abc import Sequence
from typing import Any

from embeddings.foundation.escaping import printable
from pipelines.evaluation.metrics import Metric
from pipelines.sweeping.config import Plan
from pipelines.sweeping.records import Record

ROWS = 20  # of the table: the trials that run, then the latest


class TrialTable:
    """Shows trials; use it as a context.

    Args:
        plan: the sweep.
        metric: the monitored one.
    """

    def __init__(self, plan: Plan, metric: Metric) -> None:
        self._plan, self._metric = plan, metric
        self._live: Any = None
        self._told: dict[int, str] = {}

    def __enter__(self) -> "TrialTable":
        from rich.console import Console
        from rich.live import Live

        console = Console(file=sys.stderr)
        if console.is_interactive:
            self._live = Live(console=console, auto_refresh=False)
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, records: Sequence[Record]) -> None:
        """Shows the trials as they are."""
        if self._live:
            self._live.update(self.table(records), refresh=True)
            return
        for record in records:
            if self._told.get(record.number) != record.state and (record.finished or record.number not in self._told):
                print(f"sweep: {self.line(record)}", file=sys.stderr, flush=True)
            self._told[record.number] = record.state

    def line(self, record: Record) -> str:
        """A trial in one line."""
        settings = ", ".join(f"{name} {value}" for name, value in self._settings(record))
        state = "begins" if not record.finished and not record.curve else record.state
        reached = self._score(record)
        parts = [f"trial {record.number} {state}", *([f"{self._metric.name} {reached}"] if reached else [])]
        return printable(", ".join([*parts, f"seed {record.seed}", settings, *filter(None, [record.error])]))

    def table(self, records: Sequence[Record]) -> Any:
        """The table of a terminal: the trials that run, then the latest."""
        from rich.table import Table
        from rich.text import Text

        counts = {
            state: sum(record.state == state for record in records) for state in ("complete", "stopped", "failed")
        }
        done = ", ".join(f"{count} {state}" for state, count in counts.items() if count) or "none finished"
        trials = self._plan.sweep.budget.trials
        table = Table(title=f"{self._plan.name}: {done}{f', of {trials} trials' if trials else ''}", box=None)
        names = [each.name for each in self._plan.space.dimensions]
        for name in ("trial", "state", "epochs", self._metric.name, "seed", *names):
            table.add_column(Text(name), justify="right")
        for record in sorted(records, key=lambda record: (record.finished, -record.number))[:ROWS]:
            state = "running" if not record.finished else record.state
            cells = [record.number, state, len(record.curve), self._score(record), record.seed]
            values = [value for _, value in self._settings(record)]
            table.add_row(*(Text(printable(str(each))) for each in [*cells, *values]))
        return table

    def _settings(self, record: Record) -> list[tuple[str, str]]:
        found = [(each.name, each.value(record.drawn[each.name])) for each in self._plan.space.dimensions]
        return [(name, f"{value:.4g}" if isinstance(value, float) else str(value)) for name, value in found]

    def _score(self, record: Record) -> str:
        return "" if record.score is None else self._metric.write(record.score)
