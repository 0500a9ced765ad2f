"""The loops' sigmoid and tanh are those of mathematics, as near as float32 allows, at the ends as well."""

import numpy as np
import pytest

from pipelines.layers.loops import arithmetic


@arithmetic.compiled
def sigmoids(numbers):
    results = np.empty_like(numbers)
    for place in range(len(numbers)):
        results[place] = arithmetic.sigmoid(numbers[place])
    return results


@arithmetic.compiled
def tanhs(numbers):
    results = np.empty_like(numbers)
    for place in range(len(numbers)):
        results[place] = arithmetic.tanh(numbers[place])
    return results


NUMBERS = np.concatenate([np.linspace(-30, 30, 100_003), np.linspace(-1e-3, 1e-3, 1001)]).astype("float32")
ENDS = np.array([-np.inf, -3e38, -1e4, -88.8, -87, 87, 88.8, 1e4, 3e38, np.inf], "float32")


def test_sigmoid_is_exact_to_float32():
    expected = 1 / (1 + np.exp(-NUMBERS.astype("float64")))
    np.testing.assert_allclose(sigmoids(NUMBERS), expected, rtol=5e-7)


def test_tanh_is_exact_to_float32():
    np.testing.assert_allclose(tanhs(NUMBERS), np.tanh(NUMBERS.astype("float64")), atol=5e-7)


def test_far_from_zero_both_reach_their_limits_and_stay_inside():
    np.testing.assert_allclose(sigmoids(ENDS), [0] * 5 + [1] * 5, atol=1e-37)
    np.testing.assert_allclose(tanhs(ENDS), [-1] * 5 + [1] * 5, atol=2e-7)
    numbers = np.concatenate([NUMBERS, ENDS])
    for results in (sigmoids(numbers), (tanhs(numbers) + 1) / 2):
        assert results.min() >= 0
        assert results.max() <= 1


@pytest.mark.parametrize("function", [sigmoids, tanhs])
def test_what_is_not_a_number_stays_so(function):
    assert np.isnan(function(np.full(37, np.nan, "float32"))).all()


def test_at_zero_both_are_exact():
    zero = np.zeros(3, "float32")
    assert sigmoids(zero).tolist() == [0.5] * 3
    assert tanhs(zero).tolist() == [0.0] * 3
