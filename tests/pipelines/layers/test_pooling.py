import numpy as np
import pytest

from pipelines.layers import AttentionPooling, MaskedPooling

INPUTS = np.array([[[1.0, -4.0], [3.0, -2.0], [9.0, 9.0]]], dtype="float32")
MASK = np.array([[True, True, False]])


def test_the_mean_is_over_real_tokens():
    assert MaskedPooling("mean")(INPUTS, mask=MASK).numpy().tolist() == [[2.0, -3.0]]


def test_the_largest_value_is_of_real_tokens_even_where_all_are_negative():
    assert MaskedPooling("max")(INPUTS - 5, mask=MASK).numpy().tolist() == [[-2.0, -7.0]]


def test_without_a_mask_every_token_counts():
    assert MaskedPooling("max")(INPUTS).numpy().tolist() == [[9.0, 9.0]]
    np.testing.assert_allclose(MaskedPooling("mean")(INPUTS), [[13 / 3, 1.0]], rtol=1e-6)


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="Received: method='sum'"):
        MaskedPooling("sum")


def test_attention_weighs_real_tokens_by_their_scores():
    layer = AttentionPooling(2, seed=1)
    layer.build((None, None, 2))
    layer.set_weights([np.eye(2), np.array([0.5, 0.0]), np.array([[1.0], [2.0]])])
    scores = [np.tanh(h[0] + 0.5) + 2 * np.tanh(h[1]) for h in INPUTS[0, :2]]
    weights = np.exp(scores) / np.exp(scores).sum()
    np.testing.assert_allclose(layer(INPUTS, mask=MASK)[0], weights @ INPUTS[0, :2], rtol=1e-5)
    np.testing.assert_allclose(layer.weights_of(INPUTS, MASK)[0], [*weights, 0], atol=1e-6)


def test_attention_over_equal_tokens_is_their_mean():
    inputs = np.ones((2, 4, 3), "float32") * [[[1.0]], [[2.0]]]
    np.testing.assert_allclose(AttentionPooling(5, seed=1)(inputs), inputs[:, 0], rtol=1e-5)
