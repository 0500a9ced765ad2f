"""Thresholds against every one that there is."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from pipelines.data.thresholds import FEWEST, best_threshold, best_thresholds


@pytest.mark.parametrize("seed", range(20))
def test_no_other_threshold_has_a_better_f1(seed):
    random = np.random.default_rng(seed)
    actual = random.random(40) < 0.3
    probabilities = np.clip(0.3 * actual + random.random(40), 0, 1).round(1)  # many are equal
    found = f1_score(actual, probabilities >= best_threshold(probabilities, actual), zero_division=0)
    best = max(f1_score(actual, probabilities >= at, zero_division=0) for at in probabilities)
    assert found == pytest.approx(best)


def test_a_threshold_stands_half_way_between_two_probabilities():
    assert best_threshold(np.array([0.9, 0.7, 0.4, 0.1]), np.array([True, True, False, False])) == pytest.approx(0.55)
    assert best_threshold(np.array([0.4, 0.2]), np.array([True, True])) == pytest.approx(0.1)
    assert best_threshold(np.array([0.0, 0.0]), np.array([True, False])) == 0
    assert best_threshold(np.array([0.4, 0.2]), np.array([False, False])) == 0.5


def test_a_rare_label_takes_the_threshold_of_all_decisions():
    actual = np.zeros((20, 2), dtype=bool)
    actual[:FEWEST, 0], actual[: FEWEST - 1, 1] = True, True
    probabilities = np.random.default_rng(1).random((20, 2))
    thresholds = best_thresholds(probabilities, actual)
    assert thresholds[0] == best_threshold(probabilities[:, 0], actual[:, 0])
    assert thresholds[1] == best_threshold(probabilities.ravel(), actual.ravel())
