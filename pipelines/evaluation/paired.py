"""Paired tests of two systems on the same examples, for every metric of a family.

A metric of examples that are partly of one system and partly of the other is needed to swap them: it is that of both
systems' predictions one after the other, with weights that choose.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.evaluation.family import Family, Predictions, References
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.significance import bootstrap, chunks, interval

RESAMPLES = 10_000
ALPHA = 0.05
SAME = "no significant difference"
_NORMAL = 1.959964, 0.841621  # quantiles of the normal distribution: two-sided 5 %, power of 80 %


@dataclass(frozen=True)
class Measured:
    """A system's predictions, one sequence a seed, and a metric of them: of the whole, and on resamples of examples."""

    predictions: Sequence[Predictions]
    whole: tuple[float, ...]  # one a seed
    values: np.ndarray  # float64 (seeds, resamples)
    units: int  # that were drawn, such as sentences


@dataclass(frozen=True)
class Difference:
    """How much a system's metric is above another's, and whether that may be chance.

    `p` is that of approximate randomisation; with other numbers of seeds on each side nothing can be swapped, and it is
    that of the bootstrap.
    """

    value: float
    low: float
    high: float
    p_bootstrap: float
    p_randomisation: float | None
    p_mcnemar: float | None  # of single decisions that are right or wrong, one an example; of one seed on each side
    units: int  # that were drawn, such as sentences
    units_needed: int | None  # to find a difference of this size in 80 % of the test sets; None where there is none

    @property
    def p(self) -> float:
        """The p-value that decides."""
        return self.p_bootstrap if self.p_randomisation is None else self.p_randomisation


def measure(
    family: Family,
    references: References,
    systems: Mapping[str, Sequence[Predictions]],
    metric: Metric,
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> dict[str, Measured]:
    """A metric of systems on the same resamples of examples.

    Args:
        family: of the metric.
        references: examples of one split.
        systems: the predictions of each, one sequence a seed, each in the order of the references.
        metric: one of the family.
        seed: of the resamples.
        resamples: how many.

    Raises:
        InputError: predictions do not give the metric, such as ROC-AUC without probabilities.
    """
    key = (metric.name, "")
    statistics = {
        name: [family.statistic(references, rows, metric) for rows in of_seeds] for name, of_seeds in systems.items()
    }
    for name, side in statistics.items():
        if not all(key in each.options for each in side):
            raise InputError(f"{name}: its predictions give no {metric.name}; choose another metric")
    seeds = {(name, number): each for name, side in statistics.items() for number, each in enumerate(side)}
    units = next(iter(seeds.values())).units
    values = bootstrap(
        lambda weights: {place: each.values(weights)[key] for place, each in seeds.items()},
        units,
        seed=seed,
        resamples=resamples,
    )
    return {
        name: Measured(
            systems[name],
            tuple(each.whole()[key] for each in side),
            np.array([values[name, number] for number in range(len(side))]),
            units,
        )
        for name, side in statistics.items()
    }


def difference(
    family: Family, references: References, base: Measured, other: Measured, metric: Metric, *, seed: int
) -> Difference:
    """The metric of a system minus that of the base; of several seeds the mean.

    Both systems meet the same resamples. The interval is that of examples and seeds: with several seeds on a side,
    seeds are drawn with replacement too, and their deviation from the mean is scaled by sqrt(n / (n - 1)).

    Args:
        family: of the metric.
        references: examples of one split.
        base: predictions in the order of the references, measured.
        other: the other system's, measured on the same resamples.
        metric: what was measured.
        seed: of the resamples.

    References:
        Riezler and Maxwell 2005, "On Some Pitfalls in Automatic Evaluation and Significance Testing for MT", section 4
        (both tests; the bootstrap's distribution is shifted to zero).
        Davison and Hinkley 1997, "Bootstrap Methods and their Application", section 3.8 (examples within seeds).
    """
    units, resamples = base.units, base.values.shape[1]
    value = float(np.mean(other.whole)) - float(np.mean(base.whole))
    generator, gaps, start = np.random.default_rng([seed, 1]), [], 0
    for rows in chunks(units, resamples):
        below, above = (mean_of_seeds(side.values[:, start : start + rows], generator) for side in (base, other))
        gaps.append(above - below)
        start += rows
    resampled = np.concatenate(gaps)
    resampled = resampled[~np.isnan(resampled)]
    low, high = interval(resampled)
    deviation = float(np.std(resampled))
    needed = math.ceil(units * (sum(_NORMAL) * deviation / value) ** 2) if value else None
    return Difference(
        value=value,
        low=low,
        high=high,
        p_bootstrap=_p_value(resampled - resampled.mean(), value),
        p_randomisation=_randomisation(
            family, references, base.predictions, other.predictions, metric, value, seed, resamples
        ),
        p_mcnemar=_mcnemar(family, references, base.predictions, other.predictions),
        units=units,
        units_needed=needed,
    )


def verdict(value: float, p: float, metric: Metric) -> str:
    """What a difference with its p-value says at the 5 % level: `better`, `worse`, or no significant difference."""
    if p >= ALPHA or not value:
        return SAME
    return "better" if (value > 0) == (metric.better == "higher") else "worse"


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of a family of tests, adjusted so that one false alarm in all of them is as rare as in one.

    Reference: Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure".
    """
    order = np.argsort(p_values, kind="stable")
    scaled = np.asarray(p_values, dtype=float)[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return adjusted.tolist()


def mean_of_seeds(values: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Means over seeds, (resamples,), of values (seeds, resamples); of several, seeds are drawn in each resample."""
    seeds, resamples = values.shape
    mean = values.mean(axis=0)
    if seeds == 1:
        return mean
    drawn = generator.multinomial(seeds, np.full(seeds, 1 / seeds), size=resamples).T / seeds
    return mean + math.sqrt(seeds / (seeds - 1)) * ((drawn * values).sum(axis=0) - mean)


def deviation(scores: Sequence[float]) -> float | None:
    """The standard deviation over seeds; of one there is none."""
    return float(np.std(scores, ddof=1)) if len(scores) > 1 else None


def _p_value(under_null: np.ndarray, value: float) -> float:
    """The share of differences under the null hypothesis that are as large as the one seen, which counts too."""
    as_large = np.abs(under_null) >= abs(value) - 1e-12
    return float((as_large.sum() + 1) / (len(under_null) + 1))


def _randomisation(
    family: Family,
    references: References,
    base: Sequence[Predictions],
    other: Sequence[Predictions],
    metric: Metric,
    value: float,
    seed: int,
    resamples: int,
) -> float | None:
    """The p-value of approximate randomisation: each unit's two results are swapped, or not, at random."""
    if len(base) != len(other):
        return None
    key = (metric.name, "")
    joint = [
        family.statistic([*references, *references], [*rows, *others], metric)
        for rows, others in zip(base, other, strict=True)
    ]
    units = joint[0].units // 2
    generator = np.random.default_rng([seed, 2])
    found = []
    for rows in chunks(2 * units, resamples):
        swapped = generator.integers(2, size=(rows, units)).astype(float)
        first = np.concatenate([swapped, 1 - swapped], axis=1)
        found.append(np.mean([each.values(1 - first)[key] - each.values(first)[key] for each in joint], axis=0))
    gaps = np.concatenate(found)
    return _p_value(gaps[~np.isnan(gaps)], value)


def _mcnemar(
    family: Family, references: References, base: Sequence[Predictions], other: Sequence[Predictions]
) -> float | None:
    """The p-value of McNemar's exact test, where each example is one decision.

    Reference: McNemar 1947, "Note on the Sampling Error of the Difference Between Correlated Proportions or
    Percentages".
    """
    decisions = [list(family.confusion(references, side[0])) for side in (base, other)]
    if len(base) > 1 or len(other) > 1 or len(decisions[0]) != len(references):
        return None
    from scipy.stats import binomtest

    right = [np.array([actual == predicted for actual, predicted in side]) for side in decisions]
    gained, lost = int((right[1] & ~right[0]).sum()), int((right[0] & ~right[1]).sum())
    return float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
