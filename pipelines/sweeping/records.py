"""The record of a trial: one JSON file each, which is all that a sweep needs to go on after it was killed."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from embeddings.foundation.files import write_json
from embeddings.foundation.reading import read_json


@dataclass
class Record:
    """What is known of a trial."""

    number: int
    configuration: int  # trials of one configuration differ in their seed alone
    seed: int
    drawn: dict[str, int | float]  # what the search drew, by dimension
    state: Literal["unfinished", "complete", "stopped", "failed"] = "unfinished"  # stopped: by the scheduler
    curve: list[float] = field(default_factory=list)  # the monitored dev metric of each epoch
    scores: dict[str, list[float]] = field(default_factory=dict)  # dev metric -> value, ends of its 95 % interval
    cost: dict[str, float | str] = field(default_factory=dict)
    seconds: float = 0.0  # of the sweep when it last changed
    error: str = ""
    attempts: int = 0  # times it was begun
    crashes: int = 0  # in a row without an epoch between them

    @property
    def finished(self) -> bool:
        """Whether it never runs again."""
        return self.state != "unfinished"

    @property
    def score(self) -> float | None:
        """The first metric of a complete trial, or what another one reached in its last epoch."""
        if self.scores:
            return next(iter(self.scores.values()))[0]
        return self.curve[-1] if self.curve else None


class Records:
    """The records of a sweep in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> list[Record]:
        """All records, by number.

        Raises:
            InputError: a file is damaged.
        """
        return [read_json(path, Record) for path in sorted(self.folder.glob("[0-9]*.json"))]

    def write(self, record: Record) -> None:
        """Replaces the file of a record."""
        write_json(self.folder / f"{record.number:05}.json", asdict(record))

    def checkpoint(self, number: int) -> Path:
        """Where the state of a trial after its last epoch is kept until it is finished."""
        return self.folder / f"{number:05}.npz"
