"""Attention, with numbers worked out by hand."""

import keras
import numpy as np
import pytest
from keras import ops

from pipelines.layers import CrossAttention

QUERIES = np.array([[[1.0, 0.0], [0.0, 2.0]]], "float32")
ANNOTATIONS = np.array([[[1.0, 1.0], [0.0, 3.0], [5.0, 5.0]]], "float32")
MASK = np.array([[True, True, False]])


def attention(method, **weights):
    layer = CrossAttention(method, units=2, seed=1)
    layer.build((None, None, 2), {"annotations": (None, None, 2)})
    for name, value in weights.items():
        getattr(layer, name).assign(np.array(value, "float32"))
    return layer


def attended(layer, queries=QUERIES, annotations=ANNOTATIONS, mask=MASK):
    contexts, weights = layer(queries, layer.memory_of(ops.convert_to_tensor(annotations), ops.convert_to_tensor(mask)))
    return np.asarray(contexts), np.asarray(weights)


def test_multiplicative_scores_are_products_with_the_real_annotations():
    contexts, weights = attended(attention("multiplicative", query_kernel=[[1, 0], [0, 1]]))
    # Scores: 1 and 0 of the first query, 2 and 6 of the second; the third annotation is padding.
    first, second = np.exp(1) / (np.exp(1) + 1), 1 / (1 + np.exp(4))
    np.testing.assert_allclose(weights[0], [[first, 1 - first, 0], [second, 1 - second, 0]], atol=1e-6)
    np.testing.assert_allclose(contexts[0, 0], [first, first + 3 * (1 - first)], atol=1e-6)


def test_additive_scores_are_of_the_tanh_of_both():
    layer = attention(
        "additive", query_kernel=[[1, 0], [0, 0]], key_kernel=[[1, 0], [0, 0]], score_kernel=[[2], [7]]
    )
    _, weights = attended(layer)
    # tanh of the sums of first coordinates: 1 + 1 and 1 + 0, then 0 + 1 and 0 + 0; the second ones are zero.
    for row, (one, two) in zip(weights[0], ((2, 1), (1, 0)), strict=True):
        scores = np.exp([2 * np.tanh(one), 2 * np.tanh(two)])
        np.testing.assert_allclose(row, [*(scores / scores.sum()), 0], atol=1e-6)


@pytest.mark.parametrize("method", ["multiplicative", "additive"])
def test_padding_changes_no_context_and_its_weight_is_zero(method):
    layer = attention(method)
    contexts, weights = attended(layer)
    alone, _ = attended(layer, annotations=ANNOTATIONS[:, :2], mask=MASK[:, :2])
    np.testing.assert_allclose(contexts, alone, atol=1e-6)
    assert not weights[..., 2].any()


@pytest.mark.parametrize("method", ["multiplicative", "additive"])
def test_it_is_saved_and_loaded(method):
    layer = attention(method)
    assert CrossAttention.from_config(layer.get_config()).get_config() == layer.get_config()
    assert keras.saving.get_registered_object("elman>CrossAttention") is CrossAttention


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="Argument `method` must be 'multiplicative' or 'additive'. Received: .*dot"):
        CrossAttention("dot", 2, 1)
