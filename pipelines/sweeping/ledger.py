"""The ledger of a sweep: gives out trials, keeps what they report, and says when one is to end.

On a cluster it is an actor on the node of the command, whose disk has the records; here nothing of Ray is known.
"""

import itertools
import json
import shutil
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal

from embeddings.foundation.files import atomic_path, checksum, write_json
from embeddings.foundation.reading import read_json
from pipelines.sweeping.config import Plan
from pipelines.sweeping.records import Record, Records
from pipelines.sweeping.search import Better, Search

ROOT = Path(__file__).parents[2]  # of our packages
CRASHES = 3  # of a trial in a row, without an epoch between them, after which it has failed
ORIGIN, CODE, CLOCK = "origin.json", "code.json", "clock.json"
Verdict = Literal["go on", "stop", "pause"]


class Ledger:
    """The records of a sweep, and what follows from them.

    Args:
        plan: the sweep.
        folder: of the records.
        better: which scores are.
    """

    def __init__(self, plan: Plan, folder: Path, better: Better) -> None:
        sweep = plan.sweep
        self.plan, self.folder, self.records = plan, folder, Records(folder)
        halving = (sweep.first_epochs, sweep.keep) if sweep.scheduler == "asha" else None
        self.search = Search(plan.space, sweep.search, sweep.search_seed, better, halving)
        self.trials = {record.number: record for record in self.records.read()}
        for record in self.trials.values():
            self.search.follow(record)
        self._began = time.monotonic() - _json(folder / CLOCK, 0.0)

    def seconds(self) -> float:
        """Time that the sweep has taken, in all of its processes."""
        return time.monotonic() - self._began

    def next(self, running: Collection[int]) -> Record | None:
        """A trial to begin or to continue; None where there is no further one.

        Args:
            running: numbers of the unfinished trials that need no process.
        """
        if self._is_out_of_time():
            return None
        waiting = (each for number, each in self.trials.items() if not each.finished and number not in running)
        record = next(waiting, None)
        if record is None:
            if (record := self._new()) is None:
                return None
            self.trials[record.number] = record
            self.search.follow(record)
        record.attempts += 1
        self._write(record)
        return record

    def checkpoint(self, number: int) -> bytes | None:
        """The state of a trial after its last epoch, if it has one."""
        path = self.records.checkpoint(number)
        return path.read_bytes() if path.exists() else None

    def report(self, number: int, attempt: int, curve: list[float], checkpoint: bytes, last: bool) -> Verdict:
        """Keeps what a trial is after an epoch.

        Args:
            number: of the trial.
            attempt: which of its processes reports; one that was given up is told to pause.
            curve: the monitored dev metric of each epoch.
            checkpoint: its state.
            last: whether its training ends by itself.
        """
        record = self.trials[number]
        if record.attempts != attempt or record.finished:
            return "pause"
        with atomic_path(self.records.checkpoint(number)) as path:
            path.write_bytes(checkpoint)
        known = len(record.curve)
        record.curve, record.crashes = curve, 0
        if self.search.compare(record, known + 1) and not last:
            record.state = "stopped"
            self._end(record)
            return "stop"
        self._write(record)
        return "pause" if self._is_out_of_time() else "go on"

    def finish(
        self, number: int, attempt: int, scores: dict[str, list[float]], cost: dict[str, Any], code: dict[str, str]
    ) -> None:
        """Keeps the result of a trial, and the checksums of the modules that made it."""
        path, record = self.folder / CODE, self.trials[number]
        write_json(path, {**_json(path, {}), **code})
        if record.attempts == attempt and not record.finished:
            record.state, record.scores, record.cost = "complete", scores, cost
            self._end(record)

    def fail(self, number: int, error: str) -> None:
        """Marks a trial that cannot be trained."""
        record = self.trials[number]
        if not record.finished:
            record.state, record.error = "failed", error
            self._end(record)

    def crash(self, number: int, error: str) -> None:
        """Takes note of a process that ended without a result; the trial is continued by another, or has failed."""
        record = self.trials[number]
        record.crashes += 1
        if record.crashes >= CRASHES:
            self.fail(number, f"its process died {CRASHES} times without an epoch between: {error}")
        elif not record.finished:
            self._write(record)

    def all(self) -> list[Record]:
        """The records, by number."""
        return [self.trials[number] for number in sorted(self.trials)]

    def _new(self) -> Record | None:
        """The first trial that is not there yet: another seed of the last configuration, or a new one."""
        sweep, seeds = self.plan.sweep, self.plan.seeds
        number = next(each for each in itertools.count() if each not in self.trials)
        if sweep.budget.trials is not None and number >= sweep.budget.trials:
            return None
        configuration, seed = divmod(number, len(seeds))
        same = (each.drawn for each in self.trials.values() if each.configuration == configuration)
        drawn = next(same, None) or self.search.draw(configuration)
        return None if drawn is None else Record(number, configuration, seeds[seed], dict(drawn))

    def _is_out_of_time(self) -> bool:
        hours = self.plan.sweep.budget.hours
        return hours is not None and self.seconds() > hours * 3600

    def _end(self, record: Record) -> None:
        self._write(record)
        self.records.checkpoint(record.number).unlink(missing_ok=True)
        self.search.end(record)

    def _write(self, record: Record) -> None:
        record.seconds = round(self.seconds(), 2)
        self.records.write(record)
        write_json(self.folder / CLOCK, record.seconds)


def open_folder(folder: Path, origin: Mapping[str, Any]) -> list[str]:
    """Makes the folder of a sweep's records ready; records of another sweep are removed.

    Args:
        folder: of the records.
        origin: what the sweep is made of: its file, configurations, inputs and code, as JSON.

    Returns:
        What differs from the records that were removed; nothing where there were none.
    """
    origin = json.loads(json.dumps(origin))
    path = folder / ORIGIN
    before = _json(path, None)
    differs = [] if before is None else [key for key, value in origin.items() if before.get(key) != value]
    differs += [name for name, digest in _json(folder / CODE, {}).items() if digest != _digest(ROOT / name)]
    if differs or before is None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_json(path, origin)
    return differs


def _json(path: Path, default: Any) -> Any:
    return read_json(path) if path.exists() else default


def _digest(path: Path) -> str:
    return checksum(path) if path.is_file() else ""
