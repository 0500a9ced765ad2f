"""The area under the ROC curve from weights."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from pipelines.evaluation import ranking

POSITIVE = np.array([True, True, False, False, False])
SCORE = np.array([0.9, 0.4, 0.5, 0.4, 0.1])


def test_the_area_is_the_share_of_pairs_in_order_and_a_tie_is_half_a_pair():
    # 0.9 is above all three; 0.4 is below one, ties with one, is above one
    assert ranking.resampler(POSITIVE, SCORE)(np.ones((1, 5))) == pytest.approx([4.5 / 6])


def test_an_example_drawn_twice_counts_twice():
    # the tie counts four times: pairs 3 + 4 * 0.5 + 2, of 3 * 4
    weights = np.array([[1.0, 2, 1, 2, 1]])
    assert ranking.resampler(POSITIVE, SCORE)(weights) == pytest.approx([(4 + 2 + 2) / 12])


def test_a_resample_without_positive_or_negative_examples_has_no_area():
    weights = np.array([[1.0, 1, 0, 0, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 0]])
    areas = ranking.resampler(POSITIVE, SCORE)(weights)
    assert np.isnan(areas).tolist() == [True, True, False]
    assert areas[2] == 1


def test_weights_equal_repetition_for_scikit_learn():
    generator = np.random.default_rng(1)
    positive, score = generator.random(40) < 0.4, generator.integers(8, size=40) / 8
    weights = generator.integers(3, size=(10, 40)).astype(float)
    for row, area in zip(weights, ranking.resampler(positive, score)(weights), strict=True):
        drawn = np.repeat(np.arange(40), row.astype(int))
        assert area == pytest.approx(roc_auc_score(positive[drawn], score[drawn]))
