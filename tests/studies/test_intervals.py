"""Means over seeds and their intervals, by numbers worked out by hand."""

import pytest

from studies.intervals import PERCENT, SHARE, by_seed, chosen, difference, geometric_means, interval, mean, means

ROWS = [
    {"cell": "lstm", "gap": gap, "seed": seed, "accuracy": value}
    for gap, values in ((2, (1.0, 2.0, 3.0)), (5, (4.0, 4.0, 4.0)))
    for seed, value in enumerate(values, start=1)
] + [{"cell": "gru", "gap": 2, "seed": seed, "accuracy": value} for seed, value in ((3, 4.0), (1, 3.0), (2, 3.5))]


def test_the_interval_of_three_numbers():
    found = interval([1.0, 2.0, 3.0])
    half = 4.302653 * 1 / 3**0.5  # Student's t at 97.5 % with two degrees of freedom; a deviation of one
    assert found.value == 2
    assert (found.low, found.high) == (pytest.approx(2 - half, abs=1e-6), pytest.approx(2 + half, abs=1e-6))


def test_equal_numbers_have_an_interval_of_no_width():
    assert vars(interval([4.0, 4.0])) == {"value": 4, "low": 4, "high": 4, "error": 0, "count": 2}


def test_a_difference_is_taken_seed_by_seed():
    found = difference(ROWS, "accuracy", {"cell": "gru"}, {"cell": "lstm"}, gap=2)
    assert found.value == pytest.approx(1.5)  # 2.0, 1.5 and 1.0
    half = 4.302653 * 0.5 / 3**0.5
    assert found.low == pytest.approx(1.5 - half, abs=1e-6)


def test_several_rows_of_a_seed_count_as_their_mean():
    assert by_seed(chosen(ROWS, cell="lstm"), "accuracy") == {1: 2.5, 2: 3.0, 3: 3.5}
    assert mean(ROWS, "accuracy", cell="lstm").value == 3


def test_means_of_every_combination_that_there_is():
    found = means(ROWS, "accuracy", "cell", "gap")
    assert [(row["cell"], row["gap"], row["value"]) for row in found] == [
        ("lstm", 2, 2.0),
        ("lstm", 5, 4.0),
        ("gru", 2, 3.5),
    ]


def test_an_interval_is_told_with_its_unit():
    assert interval([0.5, 0.5]).text(".0f", 100) == "50 (50 to 50)"


def test_a_zero_is_told_without_a_sign_of_its_own():
    assert interval([-0.001, -0.001]).text(".0f", 100) == "0 (0 to 0)"
    assert interval([-0.001, -0.001]).text("+.1f") == "+0.0 (+0.0 to +0.0)"


def test_an_interval_is_cut_where_no_figure_can_lie():
    found = interval([90.0, 100.0, 98.0])
    assert found.high > 100 > found.low
    assert vars(found.within(*PERCENT)) == vars(found) | {"high": 100}
    assert found.value == 96
    rows = [{"cell": "gru", "seed": seed, "share": share} for seed, share in enumerate((0.0, 0.1))]
    (row,) = means(rows, "share", "cell", within=SHARE)
    assert (row["value"], row["low"]) == (0.05, 0)


def test_geometric_means_are_those_of_powers_of_ten():
    rows = [{"cell": "gru", "seed": seed, "norm": norm} for seed, norm in enumerate((1e-2, 1e-4, 0.0))]
    (row,) = geometric_means(rows, "norm", "cell", least=1e-6)
    half = 4.302653 * 2 / 3**0.5
    assert row["value"] == pytest.approx(1e-4)
    assert row["low"] == pytest.approx(10 ** (-4 - half), rel=1e-5)
    assert row["high"] == pytest.approx(10 ** (-4 + half), rel=1e-5)
