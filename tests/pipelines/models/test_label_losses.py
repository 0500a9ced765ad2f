"""Weighted and focal losses, with numbers worked out by hand and against Keras's."""

import keras
import numpy as np
import pytest
from keras import ops

from pipelines.models.label_losses import WeightedBinaryCrossEntropy, WeightedCrossEntropy

RANDOM = np.random.default_rng(1)
LOGITS = RANDOM.normal(0, 3, (6, 4)).astype("float32")
LABELS = np.array([0, 3, 1, 2, 0, 1], "int32")
TRUE = (RANDOM.random((6, 4)) < 0.4).astype("float32")
WEIGHTS = [0.5, 1.0, 2.0, 4.0]


def test_a_clear_decision_weighs_less_by_hand():
    logits = np.log(np.array([[0.9, 0.1], [0.2, 0.8]], "float32"))
    found = WeightedCrossEntropy([1.0, 3.0], 2.0, reduction=None)(np.array([0, 0]), logits)
    np.testing.assert_allclose(found, [-(0.1**2) * np.log(0.9), -(0.8**2) * np.log(0.2)], rtol=1e-5)
    found = WeightedCrossEntropy([1.0, 3.0], 2.0, reduction=None)(np.array([1, 1]), logits)
    np.testing.assert_allclose(found, [-3 * 0.9**2 * np.log(0.1), -3 * 0.2**2 * np.log(0.8)], rtol=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_a_choice_agrees_with_keras(gamma):
    expected = keras.losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=gamma, from_logits=True, reduction=None)
    one_hot = np.eye(4, dtype="float32")[LABELS]
    found = WeightedCrossEntropy(WEIGHTS, gamma, reduction=None)(LABELS, LOGITS)
    np.testing.assert_allclose(found, expected(one_hot, LOGITS) * np.array(WEIGHTS)[LABELS], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_decisions_agree_with_keras(gamma):
    expected = keras.losses.BinaryFocalCrossentropy(gamma=gamma, from_logits=True, axis=-1, reduction=None)
    found = WeightedBinaryCrossEntropy([1.0] * 4, gamma, reduction=None)(TRUE, LOGITS)
    np.testing.assert_allclose(found, expected(TRUE, LOGITS), rtol=1e-3, atol=1e-6)


def test_only_true_labels_are_weighted():
    plain, weighted = (
        np.asarray(WeightedBinaryCrossEntropy(weights, 0.0, reduction=None)(TRUE, LOGITS))
        for weights in ([1.0] * 4, WEIGHTS)
    )
    more = (TRUE * (np.array(WEIGHTS) - 1) * np.logaddexp(0, -LOGITS)).mean(axis=1)
    np.testing.assert_allclose(weighted, plain + more, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", [WeightedCrossEntropy, WeightedBinaryCrossEntropy])
@pytest.mark.parametrize("gamma", [0.5, 1.0, 3.0])
def test_gradients_stay_finite_where_a_decision_is_certain(loss, gamma):
    import tensorflow

    logits = tensorflow.constant([[200.0, -200.0, 0.0], [-200.0, 200.0, 0.0]])
    true = np.array([0, 0]) if loss is WeightedCrossEntropy else np.array([[1.0, 0, 0], [1.0, 0, 0]])
    with tensorflow.GradientTape() as tape:
        tape.watch(logits)
        value = ops.sum(loss([1.0, 1.0, 1.0], gamma, reduction=None)(true, logits))
    assert np.isfinite(np.asarray(tape.gradient(value, logits))).all()
    assert np.isfinite(value)


def test_the_reduction_divides_by_targets_not_by_label_weights():
    loss = WeightedCrossEntropy(WEIGHTS, 0.0, reduction="mean_with_sample_weight")
    real = np.array([1, 1, 1, 0, 0, 0], "float32")
    each = np.asarray(WeightedCrossEntropy(WEIGHTS, 0.0, reduction=None)(LABELS, LOGITS))
    assert float(loss(LABELS, LOGITS, sample_weight=real)) == pytest.approx(each[:3].mean(), rel=1e-5)


@pytest.mark.parametrize("loss", [WeightedCrossEntropy, WeightedBinaryCrossEntropy])
def test_a_saved_loss_is_the_same(loss):
    config = loss([1.0, 2.0], 1.5).get_config()
    assert (config["weights"], config["focal_gamma"]) == ([1.0, 2.0], 1.5)
    assert loss.from_config(config).get_config() == config
