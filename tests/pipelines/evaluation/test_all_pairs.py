"""Tests of every two systems: by hand, against the test of one pair, and on systems that do not differ."""

import numpy as np
import pytest

from pipelines.data.examples import Example
from pipelines.evaluation.all_pairs import Resampled, compare_pairs, letters, pooled, resampled, step_down
from pipelines.evaluation.family import Statistic, load_family
from pipelines.evaluation.paired import difference, measure

CLASSIFICATION = load_family("classification")
ACCURACY = CLASSIFICATION.metric("accuracy")


def of_accuracy(*seeds, seed=1, resamples=400):
    """A system that is right where this says so, one row a seed."""

    def statistic(right):
        return Statistic(len(right), lambda weights: {("accuracy", ""): 100 * weights @ right / len(right)},
                         {("accuracy", ""): {}})  # fmt: skip

    statistics = {number: statistic(np.array(right, dtype=float)) for number, right in enumerate(seeds)}
    return pooled([*resampled(statistics, ACCURACY, seed, resamples).values()], seed)


def test_step_down_by_hand():
    """Of each test the resamples count whose largest statistic of it and of all smaller ones is as large."""
    under_null = np.array([[0.0, 4, 0, 1], [2, 0, 3.5, 0], [0, 0, 0, 0]])
    #  largest of all: 2 4 3.5 1; of the last two: 2 0 3.5 0; of the last: 0 0 0 0
    assert step_down(np.array([3.0, 2, 1]), under_null.copy()) == pytest.approx([3 / 5, 3 / 5, 3 / 5])
    assert step_down(np.array([5.0, 3, 1]), under_null.copy()) == pytest.approx([1 / 5, 2 / 5, 2 / 5])
    assert step_down(np.array([1.0, 5, 3]), under_null[[2, 0, 1]].copy()) == pytest.approx([2 / 5, 1 / 5, 2 / 5])


def test_of_two_systems_it_is_the_bootstrap_of_the_pair():
    generator = np.random.default_rng(5)
    sides = generator.random((2, 60)) < np.array([[0.7], [0.85]])
    references = [Example(id=str(number), text="", tokens=(), label="a") for number in range(60)]
    rows = [[{"label": "a" if right else "b"} for right in side] for side in sides]
    systems = {"a": [rows[0]], "b": [rows[1]]}
    found = measure(CLASSIFICATION, references, systems, ACCURACY, seed=3, resamples=500)
    alone = difference(CLASSIFICATION, references, found["a"], found["b"], ACCURACY, seed=3)
    (pair,) = compare_pairs([of_accuracy(side, seed=3, resamples=500) for side in sides])
    assert (pair.first, pair.second) == (0, 1)
    assert pair.value == pytest.approx(alone.value)
    assert (pair.low, pair.high) == pytest.approx((alone.low, alone.high))
    assert pair.p == alone.p_bootstrap


def test_equal_systems_are_not_told_apart():
    right = [True, False, True, True]
    (pair,) = compare_pairs([of_accuracy(right), of_accuracy(right)])
    assert (pair.value, pair.low, pair.high, pair.p) == (0, 0, 0, 1)
    assert compare_pairs([of_accuracy(right)]) == []


def test_resamples_without_the_metric_are_left_out():
    values = np.array([1.0, np.nan, 3, 2])
    first, second = (Resampled(2.0 + more, (), values + more, 10) for more in (0, 1))
    (pair,) = compare_pairs([first, second])
    assert (pair.value, pair.low, pair.high) == (1, 1, 1)


def test_systems_that_do_not_differ_raise_a_false_alarm_in_5_percent_of_the_tables():
    """Four systems and six pairs: without the adjustment every fifth table would have a false alarm."""
    generator = np.random.default_rng(7)
    alarms = unadjusted = 0
    for _ in range(200):
        shared = generator.random(80)
        systems = [of_accuracy((shared + generator.random(80)) / 2 < 0.6, resamples=200) for _ in range(4)]
        pairs = compare_pairs(systems)
        alarms += min(pair.p for pair in pairs) < 0.05
        unadjusted += any(pair.low > 0 or pair.high < 0 for pair in pairs)
    assert 1 <= alarms <= 20  # within 10 +- 3.2 standard deviations
    assert unadjusted > 25


def test_a_large_difference_is_found_among_many_pairs():
    """With 30 systems and 435 pairs, the smallest p-value times their number would be above 1."""
    generator = np.random.default_rng(2)
    systems = [of_accuracy(generator.random(300) < (0.5 if number else 0.9)) for number in range(30)]
    pairs = compare_pairs(systems)
    assert all(pair.p < 0.01 for pair in pairs if pair.first == 0)
    assert sum(pair.p < 0.05 for pair in pairs if pair.first > 0) <= 1


def test_several_seeds_count_as_their_mean_with_a_wider_interval():
    right = np.arange(100) < 80
    one, two = of_accuracy(right), of_accuracy(np.arange(100) < 70, np.arange(100) < 90)
    assert two.value == 80
    assert two.of_seeds == (70, 90)
    assert two.values.std() > 1.5 * one.values.std()


@pytest.mark.parametrize(
    ("alike", "expected"),
    [
        ([], ["a", "b", "c", "d"]),
        ([(0, 1), (1, 2)], ["a", "ab", "b", "c"]),  # the first and the third differ
        ([(0, 1), (0, 2), (1, 2)], ["a", "a", "a", "b"]),
        ([(0, 2), (1, 3)], ["a", "b", "a", "b"]),
        ([(0, 1), (1, 2), (2, 3)], ["a", "ab", "bc", "c"]),
    ],
)
def test_systems_share_a_letter_where_none_of_them_are_told_apart(alike, expected):
    assert [*letters(range(4), alike).values()] == expected
    assert letters([3, 2, 1, 0], [(3 - one, 3 - other) for one, other in alike]) == dict(
        zip([3, 2, 1, 0], expected, strict=True)
    )
