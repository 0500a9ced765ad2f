"""The formulas on counts, by hand and beside scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import matthews_corrcoef, precision_recall_fscore_support

from pipelines.evaluation import counts, labels
from pipelines.evaluation.counts import Counts

# a a a b b c is predicted as a a b b b a
BY_HAND = Counts(correct=np.array([2.0, 2, 0]), predicted=np.array([3.0, 3, 0]), actual=np.array([3.0, 2, 1]))


def test_ratios_of_each_label_by_hand():
    precision, recall, f1 = counts.precision_recall_f1(BY_HAND, None, 0)
    assert precision == pytest.approx([2 / 3, 2 / 3, 0])
    assert recall == pytest.approx([2 / 3, 1, 0])
    assert f1 == pytest.approx([2 / 3, 4 / 5, 0])


def test_macro_is_the_mean_over_labels_and_micro_the_share_of_correct_decisions():
    assert counts.precision_recall_f1(BY_HAND, "macro", 0) == pytest.approx([4 / 9, 5 / 9, 22 / 45])
    assert counts.precision_recall_f1(BY_HAND, "micro", 0) == pytest.approx([4 / 6, 4 / 6, 4 / 6])
    assert counts.accuracy(BY_HAND) == pytest.approx(4 / 6)


def test_correlation_by_hand():
    # (4 * 6 - (3*3 + 3*2 + 0*1)) / sqrt((36 - 18) * (36 - 14))
    assert counts.correlation(BY_HAND) == pytest.approx(9 / np.sqrt(396))


def test_correlation_of_a_constant_prediction_is_zero():
    constant = Counts(np.array([3.0, 0]), np.array([5.0, 0]), np.array([3.0, 2]))
    assert counts.correlation(constant) == 0


def test_a_label_that_a_resample_lacks_is_left_out_of_its_macro_average():
    lacking = Counts(np.array([2.0, 1, 0]), np.array([2.0, 1, 0]), np.array([2.0, 1, 0]))
    assert counts.precision_recall_f1(lacking, "macro", 0) == [1, 1, 1]


def test_the_value_of_a_division_by_zero_is_the_one_asked_for():
    for zero_division in (0, 1):
        precision, _, _ = counts.precision_recall_f1(BY_HAND, None, zero_division)
        assert precision[2] == zero_division


def test_items_are_counted_by_example_and_label():
    table = counts.tabulate(np.array([0, 0, 2, 0]), np.array([1, 1, 0, 0]), (3, 2))
    assert table.tolist() == [[1, 2], [0, 0], [1, 0]]


@pytest.mark.parametrize("average", ["macro", "micro", None])
def test_formulas_agree_with_scikit_learn(average):
    generator = np.random.default_rng(3)
    for _ in range(20):
        truth, guess = generator.integers(4, size=(2, 12))
        names = np.union1d(truth, guess)
        right = truth[truth == guess]
        table = Counts(*(np.array([(side == name).sum() for name in names]) for side in (right, guess, truth)))
        expected = precision_recall_fscore_support(truth, guess, **{**labels.OPTIONS, "average": average})[:3]
        assert np.array(counts.precision_recall_f1(table, average, 0)) == pytest.approx(np.array(expected))
        assert counts.correlation(table) == pytest.approx(matthews_corrcoef(truth, guess))
