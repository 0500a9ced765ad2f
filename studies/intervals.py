"""Means over seeds with their intervals, of rows of figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Interval:
    """A mean over seeds and its 95 % interval (Student's t)."""

    value: float
    low: float
    high: float

    def told(self, form: str = ".1f", times: float = 1) -> str:
        """In words; `times` 100 makes percent of shares."""
        value, low, high = (format(times * number, form) for number in (self.value, self.low, self.high))
        return f"{value} ({low} to {high})"


def interval(values: Sequence[float]) -> Interval:
    """The mean of what each seed gave, at least two, with the interval in which it would fall for other seeds."""
    from scipy.stats import t

    mean, count = fmean(values), len(values)
    half = float(t.ppf(0.975, count - 1)) * stdev(values) / count**0.5
    return Interval(mean, mean - half, mean + half)


def chosen(rows: Iterable[Row], **values: Any) -> list[Row]:
    """The rows that hold these values."""
    return [row for row in rows if all(row.get(key) == value for key, value in values.items())]


def by_seed(rows: Iterable[Row], figure: str, **values: Any) -> dict[int, float]:
    """A figure of the chosen rows, by seed; several rows of a seed give their mean."""
    found: dict[int, list[float]] = {}
    for row in chosen(rows, **values):
        found.setdefault(row["seed"], []).append(row[figure])
    return {seed: fmean(numbers) for seed, numbers in sorted(found.items())}


def mean(rows: Iterable[Row], figure: str, **values: Any) -> Interval:
    """The mean of a figure over the seeds of the chosen rows."""
    return interval(list(by_seed(rows, figure, **values).values()))


def difference(rows: Sequence[Row], figure: str, first: Row, second: Row, **values: Any) -> Interval:
    """How much greater a figure is in rows like `first` than in rows like `second`, seed by seed."""
    ours, theirs = (by_seed(rows, figure, **values, **kind) for kind in (first, second))
    return interval([ours[seed] - theirs[seed] for seed in ours if seed in theirs])


def means(rows: Sequence[Row], figure: str, *keys: str) -> list[dict[str, Any]]:
    """A row for each combination of the keys' values that there is: these, `value`, `low` and `high`."""
    kinds = dict.fromkeys(tuple(row[key] for key in keys) for row in rows)
    return [{**(kind := dict(zip(keys, values, strict=True))), **vars(mean(rows, figure, **kind))} for values in kinds]
