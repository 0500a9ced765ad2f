"""Verdicts of four kinds, by tests with numbers worked out by hand."""

import re
from math import inf

import numpy as np
import pytest

from studies.intervals import interval
from studies.verdicts import (
    CONTRADICTED,
    SHOWN,
    UNDECIDED,
    UNTESTABLE,
    Evidence,
    Verdict,
    corrected,
    fact,
    judge,
    judge_counts,
    judge_ranks,
    untestable,
)


@pytest.mark.parametrize(
    ("values", "above", "kind"),
    [
        ([1.0, 1.1, 1.2], 0, SHOWN),
        ([-1.0, 0.0, 1.0], 0, UNDECIDED),
        ([0.0, 0.0, 0.0], 0, UNDECIDED),
        ([-1.0, -1.1, -1.2], 0, CONTRADICTED),
        ([1.0, 1.1, 1.2], 5, CONTRADICTED),
        ([6.0, 6.1, 6.2], 5, SHOWN),
        ([-0.1, 0.0, 0.1], -1, SHOWN),  # no worse, by a margin
        ([-2.1, -2.0, -1.9], -1, CONTRADICTED),
    ],
)
def test_a_mean_is_judged_by_its_distance_from_the_limit(values, above, kind):
    assert judge("A claim.", "figures", interval(values), above=above).kind == kind


def test_the_p_value_of_three_numbers():
    # t = 2 / (1 / sqrt 3); with two degrees of freedom the p-value of t is 1 - t / sqrt(t^2 + 2).
    evidence = judge("A claim.", "figures", interval([1.0, 2.0, 3.0])).evidence
    assert evidence is not None
    assert evidence.p == pytest.approx(1 - 12**0.5 / 14**0.5)


def test_seeds_that_all_agree_are_counted_by_their_signs():
    same = judge("A claim.", "figures", interval([3.0, 3.0, 3.0]))
    assert same.evidence is not None
    assert same.evidence.p == 0.25  # two of the eight ways in which three signs can fall
    assert same.kind == UNDECIDED
    assert judge("A claim.", "figures", interval([3.0] * 7)).kind == SHOWN  # 2 / 128


def test_of_several_means_the_least_clear_one_decides_and_contrary_ones_decide_nothing():
    clear, unclear, contrary = interval([1.0, 1.1, 1.2]), interval([0.1, 1.0, 2.0]), interval([-1.0, -1.1, -1.2])
    assert judge("A claim.", "figures", clear, clear).kind == SHOWN
    assert judge("A claim.", "figures", clear, unclear).kind == UNDECIDED
    mixed = judge("A claim.", "figures", clear, contrary)
    assert (mixed.kind, mixed.evidence and mixed.evidence.p) == (UNDECIDED, 1)
    assert judge("A claim.", "figures", contrary, contrary).kind == CONTRADICTED


@pytest.mark.parametrize(
    ("ours", "theirs", "p", "kind"),
    [
        (3, 0, 0.1, UNDECIDED),  # of 20 ways to choose three of six, two are as far apart
        (7, 0, 2 / 3432, SHOWN),
        (0, 7, 2 / 3432, CONTRADICTED),
        (7, 7, 1, UNDECIDED),
    ],
)
def test_counts_are_compared_by_fishers_exact_test(ours, theirs, p, kind):
    of = max(ours, theirs)
    verdict = judge_counts(
        "A claim.", "figures", [seed < ours for seed in range(of)], [seed < theirs for seed in range(of)]
    )
    assert verdict.evidence is not None
    assert verdict.evidence.p == pytest.approx(p)
    assert verdict.kind == kind


def test_ranks_are_compared_by_all_ways_to_deal_them_out():
    never, soon = [inf] * 7, [25.0, 25, 50, 50, 75, 75, 100]
    verdict = judge_ranks("A claim.", "figures", soon, never, lower=True)
    assert verdict.evidence is not None
    assert verdict.evidence.p == pytest.approx(2 / 3432)
    assert verdict.kind == SHOWN
    assert judge_ranks("A claim.", "figures", never, soon, lower=True).kind == CONTRADICTED
    assert judge_ranks("A claim.", "figures", never, soon).kind == SHOWN
    equal = judge_ranks("A claim.", "figures", never, never)
    assert (equal.kind, equal.evidence and equal.evidence.p) == (UNDECIDED, 1)
    # 1 and 3 against 2 and 4: rank sums of 4 and 6, and only 2 of 6 ways give sums nearer to 5.
    few = judge_ranks("A claim.", "figures", [1, 3], [2, 4])
    assert few.evidence is not None
    assert few.evidence.p == pytest.approx(4 / 6)


def verdict_of(p, speaks_for=True, seeds=0):
    return Verdict("A claim.", "figures", SHOWN, Evidence(p, speaks_for, lambda level: f"told at {level:.4f}", seeds))


def test_holms_method_stops_at_the_first_test_above_its_limit():
    kinds = [each.kind for each in corrected([verdict_of(0.03), verdict_of(0.01), verdict_of(0.02, speaks_for=False)])]
    assert kinds == [SHOWN, SHOWN, CONTRADICTED]  # 0.01 <= 0.05 / 3, 0.02 <= 0.05 / 2, 0.03 <= 0.05
    found = corrected([verdict_of(0.04), verdict_of(0.01), verdict_of(0.03)])
    assert [each.kind for each in found] == [UNDECIDED, SHOWN, UNDECIDED]  # 0.03 > 0.05 / 2, so that 0.04 is not asked
    assert found[0].note == found[2].note == "significant on its own, not after correction; told at 0.0250"
    against = corrected([verdict_of(0.04, speaks_for=False), verdict_of(0.06)])
    assert against[0].note == "significant on its own for the opposite, not after correction; told at 0.0250"
    assert against[1].note == "told at 0.0250"
    assert found[1].note == ""


def test_claims_that_rest_on_no_test_need_no_correction():
    told = [
        fact("A bound.", "figures", holds=True),
        fact("A bound.", "figures", holds=False),
        untestable("A claim.", "why"),
    ]
    found = corrected([*told, verdict_of(0.04)])
    assert [each.kind for each in found] == [SHOWN, CONTRADICTED, UNTESTABLE, SHOWN]


def test_a_margin_that_takes_too_many_seeds_is_not_testable():
    wide, narrow = [-2.0, 0.0, 1.8], [-0.2, 0.0, 0.1]
    verdict = judge("No worse.", "figures", interval(wide), above=-0.1)
    assert verdict.kind == UNTESTABLE
    # Their standard deviation is 1.9009: (1.96 x 1.9009 / 0.1)^2 = 1388.2.
    assert verdict.note == "resolving the margin would take about 1389 seeds"
    assert judge("No worse.", "figures", interval(narrow), above=-0.1).kind == UNDECIDED
    assert judge("No worse.", "figures", interval([-8.0, -8.1, -7.9]), above=-0.1).kind == CONTRADICTED


def test_what_could_have_been_detected_is_told():
    undecided = judge("A claim.", "figures", interval([-1.0, 0.0, 1.2]), form=".2f", unit="points")
    assert re.fullmatch(r"smallest detectable effect: \d+\.\d\d points", undecided.note)
    some, none = [True, False, False], [False] * 3
    assert (
        judge_counts("A claim.", "figures", some, none).note
        == "with 3 and 3 seeds not even all against none would reach the corrected level"
    )
    assert "5 of 7 against 0 of 7" in judge_counts("A claim.", "figures", [True] * 2 + [False] * 5, [False] * 7).note


@pytest.mark.parametrize(("count", "level"), [(5, 0.05), (3, 0.01), (10, 0.002)])
def test_an_effect_that_is_called_detectable_is_detected_in_four_of_five_repetitions(count, level):
    from scipy.stats import t

    random = np.random.default_rng(1)
    one = interval(list(random.normal(0, 1, count)))
    effect = one.detectable(level) / one.error / count**0.5  # in standard deviations
    drawn = random.normal(effect, 1, (20_000, count))
    found = drawn.mean(axis=1) / drawn.std(axis=1, ddof=1) * count**0.5
    assert (found > t.ppf(1 - level / 2, count - 1)).mean() == pytest.approx(0.8, abs=0.01)
