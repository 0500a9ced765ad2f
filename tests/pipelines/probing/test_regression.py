"""The probe of states, worked out by hand."""

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.probing.regression import Probe, Regression, Threshold, best_threshold, fit_probe, histogram


def separable(texts=60, units=5, told=3, sign=-1.0):
    """States of which one unit is below zero where the label is the second one, and the labels."""
    states = np.random.default_rng(0).normal(0, 1, (texts, units)).astype("float32")
    is_second = np.arange(texts) % 2 == 1
    states[:, told] = sign * np.where(is_second, 0.3, -0.3) + states[:, told] / 100
    return states, np.where(is_second, "pos", "neg").tolist()


@pytest.mark.parametrize(
    ("values", "is_second", "expected"),
    [
        ([0.1, 0.2, 0.6, 0.8], [0, 0, 1, 1], Threshold(0.4, True, 1.0)),
        ([0.8, 0.1, 0.6, 0.2], [1, 0, 1, 0], Threshold(0.4, True, 1.0)),  # in any order
        ([0.8, 0.1, 0.6, 0.2], [0, 1, 0, 1], Threshold(0.4, False, 1.0)),  # the other way round
        ([0.1, 0.2, 0.3, 0.4, 0.5], [0, 1, 0, 1, 1], Threshold(0.15, True, 0.8)),  # as at 0.35, which is higher
        ([1.0, 1.0, 1.0, 2.0], [0, 1, 0, 1], Threshold(1.5, True, 0.75)),  # equal values stay together
        ([3.0, 3.0, 3.0], [0, 1, 0], Threshold(3.0, True, 2 / 3)),
    ],
)
def test_the_threshold_is_the_middle_where_most_values_are_right(values, is_second, expected):
    found = best_threshold(np.array(values), np.array(is_second, bool))
    assert (found.value, found.accuracy) == pytest.approx((expected.value, expected.accuracy))
    assert found.second_is_above == expected.second_is_above


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_unit_that_tells_the_labels_is_found_whichever_side_each_is_on(sign):
    states, labels = separable(sign=sign)
    probe = fit_probe(states, labels, states, labels, seed=1)
    assert probe.unit == 3
    assert np.sign(probe.regression.weights[3]) == sign
    assert (probe.above, probe.below) == (("pos", "neg") if sign > 0 else ("neg", "pos"))
    assert abs(probe.threshold.value) < 0.3
    assert probe.by_unit(states).tolist() == labels
    assert probe.by_all_units(states).tolist() == labels


def test_of_the_units_used_the_best_alone_is_taken_not_the_greatest_weight():
    """Unit 1 is the noise of unit 0: it has the greater weight, as it corrects that, but tells nothing alone."""
    is_second = np.arange(400) % 2
    noise = np.random.default_rng(0).normal(0, 2.0, 400)
    states = np.stack([is_second + noise, noise + np.random.default_rng(1).normal(0, 0.1, 400)], axis=1)
    labels = np.where(is_second, "pos", "neg").tolist()
    probe = fit_probe(states, labels, states, labels, seed=1)
    assert probe.regression.weights.all()
    assert probe.threshold.accuracy < 0.7 < np.mean(probe.by_all_units(states) == np.array(labels))
    assert probe.unit == 0


def test_a_units_scale_does_not_decide_whether_it_is_chosen():
    states, labels = separable()
    plain, scaled = (fit_probe(given, labels, given, labels, seed=1) for given in (states, states * [1, 9, 1, 1e-3, 1]))
    assert plain.unit == scaled.unit == 3
    np.testing.assert_allclose(scaled.regression.weights, plain.regression.weights, atol=1e-3)


def test_the_strongest_penalty_of_equals_leaves_the_fewest_units():
    states, labels = separable()
    probe = fit_probe(states, labels, states, labels, seed=1)
    assert np.flatnonzero(probe.regression.weights).tolist() == [3]
    assert probe.regression.penalty_inverse < 1


def test_dev_picks_the_penalty():
    """Unit 0 tells the labels of train well, unit 1 hardly; they disagree on the one text of dev."""
    is_second = np.arange(80) % 2
    noise = np.random.default_rng(0).normal(0, [0.4, 1.0], (80, 2))
    states, labels, dev = is_second[:, None] + noise, ["neg", "pos"] * 40, np.array([[1.0, -30.0]])
    strong, weak = (fit_probe(states, labels, dev, [label], seed=1).regression for label in ("pos", "neg"))
    assert strong.penalty_inverse < weak.penalty_inverse
    assert np.flatnonzero(strong.weights).tolist() == [0]
    assert np.flatnonzero(weak.weights).tolist() == [0, 1]


def test_labels_by_hand():
    regression = Regression(1.0, np.array([1.0, 0.0]), np.array([2.0, 1.0]), np.array([1.0, -3.0]), 0.5)
    probe = Probe(("neg", "pos"), regression, 1, Threshold(0.2, False, 1.0))
    states = np.array([[3.0, 0.4], [3.0, 0.6], [-1.0, 0.1], [1.0, 0.2]])
    # (3 - 1) / 2 - 3 * 0.4 + 0.5 = 0.3; then -0.3, -0.8 and -0.1
    assert probe.by_all_units(states).tolist() == ["pos", "neg", "neg", "neg"]
    assert probe.by_unit(states).tolist() == ["neg", "neg", "pos", "pos"]


@pytest.mark.parametrize(("labels", "told"), [(["a"] * 4, "got 1, a"), (["a", "b", "c", "a"], "got 3, a, b, c")])
def test_other_than_two_labels_are_refused(labels, told):
    with pytest.raises(InputError, match=f"expected two labels, which a unit can separate, {told}"):
        fit_probe(np.eye(4), labels, np.eye(4), labels, seed=1)


def test_states_that_are_all_the_same_are_refused():
    with pytest.raises(InputError, match="expected states that depend on the label"):
        fit_probe(np.ones((4, 2)), ["a", "b", "a", "b"], np.ones((4, 2)), ["a", "b", "a", "b"], seed=1)


def test_the_histogram_counts_each_text_once_in_bins_of_equal_width():
    values = np.array([-1.0, -0.6, 0.0, 0.4, 1.0], "float32")
    rows = histogram(values, ["a", "b", "a", "b", "b"], bins=4)
    assert [(row["low"], row["high"]) for row in rows[:4]] == [(-1, -0.5), (-0.5, 0), (0, 0.5), (0.5, 1)]
    counts = {label: [row["texts"] for row in rows if row["label"] == label] for label in ("a", "b")}
    assert counts == {"a": [1, 0, 1, 0], "b": [1, 0, 1, 1]}
