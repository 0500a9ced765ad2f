"""Tests of every two of many systems at once, on resamples that all share; and which of them cannot be told apart."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np

from pipelines.evaluation.family import Statistic
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.paired import mean_of_seeds
from pipelines.evaluation.significance import RESAMPLES, bootstrap, interval

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Resampled:
    """A metric of a system, the mean over its seeds: of the whole, and on resamples, float64 (resamples,)."""

    value: float
    of_seeds: tuple[float, ...]
    values: np.ndarray
    units: int  # that were drawn, such as sentences


@dataclass(frozen=True)
class Pair:
    """The metric of the second system minus that of the first, by their numbers.

    `p` is adjusted for all pairs: of all the differences that are called significant at a level, the probability that
    one or more of them are chance is at most that level.
    """

    first: int
    second: int
    value: float
    low: float
    high: float
    p: float


def resampled(
    statistics: Mapping[K, Statistic], metric: Metric, seed: int, resamples: int = RESAMPLES
) -> dict[K, Resampled]:
    """A metric of systems, each of one seed, on the same resamples of examples.

    Args:
        statistics: of the predictions of each system, of the same examples.
        metric: that all of them have.
        seed: of the resamples.
        resamples: how many.
    """
    if not statistics:
        return {}
    key, units = (metric.name, ""), next(iter(statistics.values())).units
    values = bootstrap(
        lambda weights: {name: each.values(weights)[key] for name, each in statistics.items()},
        units,
        seed=seed,
        resamples=resamples,
    )
    whole = {name: float(each.whole()[key]) for name, each in statistics.items()}
    return {name: Resampled(whole[name], (whole[name],), values[name], units) for name in statistics}


def pooled(seeds: Sequence[Resampled], seed: int) -> Resampled:
    """Seeds of a system, each resampled alike, as one: the mean, on resamples of examples and seeds."""
    if len(seeds) == 1:
        return seeds[0]
    of_seeds = tuple(value for each in seeds for value in each.of_seeds)
    values = mean_of_seeds(np.array([each.values for each in seeds]), np.random.default_rng([seed, 1]))
    return Resampled(float(np.mean(of_seeds)), of_seeds, values, seeds[0].units)


def compare_pairs(systems: Sequence[Resampled]) -> list[Pair]:
    """Tests every two systems, on the resamples that they share.

    A difference is divided by its standard deviation over resamples. Its p-value is the share of resamples whose
    largest such difference from the mean, of this pair and of all with a smaller one, is as large: since systems
    resemble each other, that is less severe than to count all pairs, and no number of pairs is too large for it.

    Reference: Romano and Wolf 2005, "Exact and Approximate Stepdown Methods for Multiple Hypothesis Testing", JASA,
    section 4 (algorithm 4.1).
    """
    pairs = list(combinations(range(len(systems)), 2))
    if not pairs:
        return []
    table = np.array([system.values for system in systems])
    table = table[:, ~np.isnan(table).any(axis=0)]
    found: list[tuple[int, int, float, float, float]] = []
    scaled, sizes = np.empty((len(pairs), table.shape[1])), np.empty(len(pairs))
    for number, (first, second) in enumerate(pairs):
        value, gaps = systems[second].value - systems[first].value, table[second] - table[first]
        low, high = interval(gaps)
        deviation = float(gaps.std())
        sizes[number] = abs(value) / deviation if deviation > 1e-12 else 0.0
        scaled[number] = np.abs(gaps - gaps.mean()) / deviation if deviation > 1e-12 else 0.0
        found.append((first, second, value, low, high))
    p_values = step_down(sizes, scaled)
    return [Pair(*each, p) for each, p in zip(found, p_values, strict=True)]


def step_down(sizes: np.ndarray, under_null: np.ndarray) -> list[float]:
    """Adjusted p-values of statistics that are large where there is a difference.

    Args:
        sizes: of the statistics that were seen, float64 (tests,).
        under_null: on resamples where there is no difference, float64 (tests, resamples); they are overwritten.
    """
    order = np.argsort(-sizes, kind="stable")
    largest = np.maximum.accumulate(under_null[order[::-1]], axis=0)[::-1]  # row k: of the tests from k on
    as_large = (largest >= sizes[order][:, None] - 1e-12).sum(axis=1)
    adjusted = np.empty(len(sizes))
    adjusted[order] = np.maximum.accumulate((as_large + 1) / (under_null.shape[1] + 1))
    return adjusted.tolist()


def letters(ranks: Sequence[int], alike: Collection[tuple[int, int]]) -> Mapping[int, str]:
    """A compact letter display: systems share a letter where every two of those that have it cannot be told apart.

    Args:
        ranks: numbers of the systems, the best first.
        alike: pairs of numbers that no test has told apart.

    Returns:
        The letters of each system: `a` is that of the best, and those after `z` are of two letters.

    Reference: Piepho 2004, "An Algorithm for a Letter-Based Representation of All-Pairwise Comparisons", JCGS.
    """
    from networkx import Graph, find_cliques

    place = {number: rank for rank, number in enumerate(ranks)}
    graph = Graph()
    graph.add_nodes_from(place)
    graph.add_edges_from(alike)
    groups = sorted(sorted(place[number] for number in clique) for clique in find_cliques(graph))
    found = dict.fromkeys(ranks, "")
    for index, group in enumerate(groups):
        for rank in group:
            found[ranks[rank]] += (" " if found[ranks[rank]] and len(groups) > 26 else "") + _letter(index)
    return found


def _letter(index: int) -> str:
    """a, b, ..., z, aa, ab, ..."""
    return (_letter(index // 26 - 1) if index >= 26 else "") + chr(ord("a") + index % 26)
