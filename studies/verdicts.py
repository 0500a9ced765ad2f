"""Verdicts on claims: four kinds, by tests whose level is corrected for how many of them a page holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

from studies.intervals import ROUNDING, Interval

SHOWN, CONTRADICTED, UNDECIDED, UNTESTABLE = "shown", "contradicted", "undecided", "not testable here"
LEVEL = 0.05  # of all tests of a page together
MOST_SEEDS = 50  # a claim whose margin takes more of them to resolve is not testable here


@dataclass(frozen=True)
class Evidence:
    """A two-sided test of a claim.

    Attributes:
        p: how often chance alone would give figures that are as far from the claim's limit, on either side.
        speaks_for: whether they are on the claim's side.
        smallest: in words, the smallest effect that the test could have detected at a level.
        seeds: how many would be needed to resolve the claim's margin; none, if it has no margin.
    """

    p: float
    speaks_for: bool
    smallest: Callable[[float], str]
    seeds: int = 0


@dataclass(frozen=True)
class Verdict:
    """Whether a claim held, by the figures."""

    claim: str  # a sentence
    found: str  # the figures that decide
    kind: str
    evidence: Evidence | None = None  # none: the claim is of the figures themselves, with no chance about them
    set_afterwards: bool = False  # whether the rule was set after the figures were seen
    note: str = ""  # what an undecided experiment could have detected


def fact(claim: str, found: str, holds: bool) -> Verdict:
    """A claim of each of the figures that were measured, such as a bound, which needs no test."""
    return Verdict(claim, found, SHOWN if holds else CONTRADICTED)


def untestable(claim: str, found: str) -> Verdict:
    """A claim that nothing measured here can decide."""
    return Verdict(claim, found, UNTESTABLE)


def judge(
    claim: str,
    found: str,
    *gaps: Interval,
    above: float = 0,
    form: str = ".1f",
    times: float = 1,
    unit: str = "",
    set_afterwards: bool = False,
) -> Verdict:
    """A claim that some means over seeds all lie above a number, by Student's t.

    Args:
        claim: a sentence.
        found: the figures that decide.
        gaps: the means; each has to be above, so that the least clear one gives the p-value.
        above: the number; below zero it is the margin of a claim that something is "no worse".
        form: how an effect is formatted.
        times: what it is multiplied by, 100 makes percent.
        unit: of an effect.
        set_afterwards: whether the rule was set after the figures were seen.
    """
    agree = len({gap.value > above for gap in gaps}) == 1
    p = max(gap.p(above) for gap in gaps) if agree else 1.0
    smallest = partial(_smallest_difference, gaps, form, times, unit)
    seeds = max(gap.seeds_to_tell(-above) for gap in gaps) if above < 0 else 0
    evidence = Evidence(p, agree and gaps[0].value > above, smallest, seeds)
    return decided(Verdict(claim, found, UNDECIDED, evidence, set_afterwards), LEVEL)


def judge_counts(
    claim: str, found: str, ours: Sequence[bool], theirs: Sequence[bool], set_afterwards: bool = False
) -> Verdict:
    """A claim that more seeds of one kind succeed than of another, by Fisher's exact test.

    That is for figures at a ceiling or of two kinds, learned or not, which have no normal distribution.

    Args:
        claim: a sentence.
        found: the figures that decide.
        ours: whether each seed of the first kind succeeded.
        theirs: whether each of the second did.
        set_afterwards: whether the rule was set after the figures were seen.
    """
    speaks_for = sum(ours) * len(theirs) > sum(theirs) * len(ours)
    smallest = partial(_smallest_counts, len(ours), len(theirs))
    evidence = Evidence(_fisher(sum(ours), len(ours), sum(theirs), len(theirs)), speaks_for, smallest)
    return decided(Verdict(claim, found, UNDECIDED, evidence, set_afterwards), LEVEL)


def judge_ranks(
    claim: str,
    found: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    lower: bool = False,
    set_afterwards: bool = False,
) -> Verdict:
    """A claim that the numbers of one kind of seeds are greater than those of another, by an exact test of ranks.

    That is for numbers of which some are only known to be large, such as batches that were not enough.

    Args:
        claim: a sentence.
        found: the figures that decide.
        ours: a number for each seed of the first kind; infinity is greater than any.
        theirs: a number for each of the second.
        lower: whether the claim is that they are less.
        set_afterwards: whether the rule was set after the figures were seen.
    """
    sign = -1 if lower else 1
    ranks = _ranks([sign * number for number in (*ours, *theirs)])
    own, middle = sum(ranks[: len(ours)]), sum(ranks) * len(ours) / len(ranks)
    sums = [sum(some) for some in combinations(ranks, len(ours))]
    p = sum(abs(each - middle) >= abs(own - middle) for each in sums) / len(sums)
    least = f"smallest possible p-value with {len(ours)} and {len(theirs)} seeds: {2 / len(sums):.2g}"
    evidence = Evidence(p, own > middle, lambda _: least)
    return decided(Verdict(claim, found, UNDECIDED, evidence, set_afterwards), LEVEL)


def _ranks(numbers: Sequence[float]) -> list[float]:
    """Of each number its place among all, from one; equal ones share the mean of their places."""
    placed = sorted(numbers)
    return [placed.index(number) + (placed.count(number) + 1) / 2 for number in numbers]


def decided(verdict: Verdict, level: float) -> Verdict:
    """The verdict at a level of its test."""
    evidence = verdict.evidence
    if evidence is None:
        return verdict
    if evidence.p <= level:
        return replace(verdict, kind=SHOWN if evidence.speaks_for else CONTRADICTED, note="")
    if evidence.seeds > MOST_SEEDS:
        note = f"resolving the margin would take about {evidence.seeds} seeds"
        return replace(verdict, kind=UNTESTABLE, note=note)
    side = "" if evidence.speaks_for else " for the opposite"
    alone = f"significant on its own{side}, not after correction; " if evidence.p <= LEVEL else ""
    return replace(verdict, kind=UNDECIDED, note=alone + evidence.smallest(level))


def corrected(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts with the level of all tests together held by Holm's method.

    The smallest of m p-values is compared with LEVEL / m, the next with LEVEL / (m - 1), and so on; the first one that
    is above its limit and all greater ones are undecided.
    """
    tested = sorted((each.evidence.p, number) for number, each in enumerate(verdicts) if each.evidence)
    level, levels = LEVEL, {}
    for rank, (p, number) in enumerate(tested):
        limit = LEVEL / (len(tested) - rank)
        if p > limit:
            level = limit
            break
        levels[number] = limit
    return [decided(each, levels.get(number, level)) for number, each in enumerate(verdicts)]


def _smallest_difference(gaps: Sequence[Interval], form: str, times: float, unit: str, level: float) -> str:
    if any(gap.error <= ROUNDING for gap in gaps):
        return "too few seeds for a test, although all agree"
    least = max(gap.detectable(level) for gap in gaps)
    return f"smallest detectable effect: {format(times * least, form)}{unit and ' '}{unit}"


def _smallest_counts(ours: int, theirs: int, level: float) -> str:
    for count in range(1, ours + 1):
        if _fisher(count, ours, 0, theirs) <= level:
            return f"smallest detectable difference: {count} of {ours} against 0 of {theirs}"
    return f"with {ours} and {theirs} seeds not even all against none would reach the corrected level"


def _fisher(ours: int, of_ours: int, theirs: int, of_theirs: int) -> float:
    from scipy.stats import fisher_exact

    return float(fisher_exact([[ours, of_ours - ours], [theirs, of_theirs - theirs]]).pvalue)  # pyright: ignore
