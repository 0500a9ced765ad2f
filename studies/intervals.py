"""Means over seeds with their intervals, of rows of figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import ceil, inf, log10
from statistics import fmean, stdev
from typing import Any

Row = Mapping[str, Any]
SHARE, PERCENT, POSITIVE = (0.0, 1.0), (0.0, 100.0), (0.0, inf)  # what a figure can be
ROUNDING = 1e-12  # figures that differ by no more are the same
POWER = 0.8  # how often an effect that is called detectable is detected


@dataclass(frozen=True)
class Interval:
    """A mean over seeds and its 95 % interval (Student's t)."""

    value: float
    low: float
    high: float
    error: float  # the mean's standard error
    count: int  # of seeds

    def text(self, form: str = ".1f", times: float = 1) -> str:
        """As text; `times` 100 makes percent of shares."""
        numbers = [format(times * number, form) for number in (self.value, self.low, self.high)]
        value, low, high = (text if float(text) else format(0.0, form) for text in numbers)  # no "-0"
        return f"{value} ({low} to {high})"

    def within(self, least: float, most: float) -> "Interval":
        """Cut where no figure can lie."""
        return replace(self, low=max(self.low, least), high=min(self.high, most))

    def p(self, limit: float) -> float:
        """The two-sided p-value of the mean being a number, by Student's t; by signs alone if all seeds gave the same,
        since figures that do not vary have no distribution to compare with."""
        from scipy.stats import t

        gap = abs(self.value - limit)
        if self.error <= ROUNDING:
            return 1.0 if gap <= ROUNDING else 2.0 ** (1 - self.count)
        return 2 * float(t.sf(gap / self.error, self.count - 1))

    def detectable(self, level: float) -> float:
        """The smallest difference that is detected at a level in four of five repetitions, with seeds as they vary."""
        return self.error * _errors_to_detect(self.count, level)

    def seeds_to_tell(self, margin: float) -> int:
        """With how many seeds the half of a 95 % interval would be a margin."""
        return ceil(self.count * (1.96 * self.error / margin) ** 2)


def interval(values: Sequence[float]) -> Interval:
    """The mean of what each seed gave, at least two, with the interval in which it would fall for other seeds."""
    from scipy.stats import t

    mean, count = fmean(values), len(values)
    error = stdev(values) / count**0.5
    half = float(t.ppf(0.975, count - 1)) * error
    return Interval(mean, mean - half, mean + half, error, count)


@cache
def _errors_to_detect(count: int, level: float) -> float:
    """The true mean, in standard errors, at which a two-sided t test of a level has the power `POWER`."""
    from scipy.optimize import brentq
    from scipy.stats import nct, t

    freedom = count - 1
    limit = float(t.ppf(1 - level / 2, freedom))
    return float(brentq(lambda mean: nct.sf(limit, freedom, mean) - POWER, 0, 10 * limit + 10))  # pyright: ignore


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


def means(
    rows: Sequence[Row], figure: str, *keys: str, within: tuple[float, float] = (-inf, inf)
) -> list[dict[str, Any]]:
    """A row for each combination of the keys' values that there is: these, `value`, `low` and `high`.

    Args:
        rows: with the figure and the keys.
        figure: the name of what is averaged.
        keys: the names of what tells the rows apart.
        within: where `low` and `high` are cut.
    """
    kinds = [
        dict(zip(keys, values, strict=True)) for values in dict.fromkeys(tuple(map(row.get, keys)) for row in rows)
    ]
    found = [(kind, mean(rows, figure, **kind).within(*within)) for kind in kinds]
    return [{**kind, "value": each.value, "low": each.low, "high": each.high} for kind, each in found]


def geometric_means(rows: Sequence[Row], figure: str, *keys: str, least: float = 0) -> list[dict[str, Any]]:
    """Means and intervals of the figure's logarithm, as figures again; what is below `least` counts as that.

    An arithmetic mean of figures that lie powers of ten apart is that of the greatest of them.
    """
    logarithms = [{**row, figure: log10(max(row[figure], least))} for row in rows]
    found = means(logarithms, figure, *keys)
    return [{**row, **{key: 10 ** row[key] for key in ("value", "low", "high")}} for row in found]
