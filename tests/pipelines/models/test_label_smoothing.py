"""Label smoothing, with numbers worked out by hand and against Keras's."""

import keras
import numpy as np
import pytest

from pipelines.models.label_smoothing import SmoothedCrossEntropy

LOGITS = np.log(np.array([[[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]], "float32"))
WORDS = np.array([[0, 1]], "int32")


def losses(smoothing):
    return np.asarray(SmoothedCrossEntropy(smoothing, reduction=None)(WORDS, LOGITS))


def test_a_share_of_the_target_is_spread_over_all_words():
    # With 0.3 to spread, the true word's target is 0.7 + 0.1, and each other word's 0.1.
    first = 0.8 * np.log(0.5) + 0.1 * np.log(0.25) + 0.1 * np.log(0.25)
    second = 0.1 * np.log(0.1) + 0.8 * np.log(0.1) + 0.1 * np.log(0.8)
    np.testing.assert_allclose(losses(0.3), [[-first, -second]], atol=1e-6)


def test_without_smoothing_it_is_cross_entropy():
    np.testing.assert_allclose(losses(0.0), [-np.log([0.5, 0.1])], atol=1e-6)


@pytest.mark.parametrize("smoothing", [0.1, 0.4])
def test_it_agrees_with_keras_on_whole_distributions(smoothing):
    whole = np.eye(3, dtype="float32")[WORDS]
    expected = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing, reduction=None)
    np.testing.assert_allclose(losses(smoothing), np.asarray(expected(whole, LOGITS)), atol=1e-6)


def test_it_is_registered_and_keeps_its_share():
    loss = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(SmoothedCrossEntropy(0.2)))
    assert loss.smoothing == 0.2
