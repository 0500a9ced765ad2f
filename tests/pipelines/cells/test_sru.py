"""The simple recurrent unit: its loop gives what its cell gives step by step, and how its weights start."""

import math

import keras
import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.cells.sru.layer import SRU, SRUCell
from pipelines.models.config import build_encoder
from pipelines.models.encoder import recurrent_stack

UNITS = 5


@pytest.fixture(params=[3, UNITS], ids=["projected", "straight"])
def sequences(request, draw):
    return draw(5, 7, request.param, seed=1)


@pytest.fixture
def both(randomised, sequences):
    """An SRU and Keras's loop over its cell, with the same random weights."""

    def build(highway_bias=0.0, **settings):
        settings = {"return_sequences": True, "return_state": True, **settings}
        layers = SRU(UNITS, highway_bias, **settings), keras.layers.RNN(SRUCell(UNITS, highway_bias), **settings)
        return [randomised(layer, sequences.shape[-1]) for layer in layers]

    return build


@pytest.mark.parametrize(
    "settings",
    [{}, {"go_backwards": True}, {"zero_output_for_mask": True}, {"return_sequences": False}, {"highway_bias": -1.0}],
    ids=str,
)
@pytest.mark.parametrize("mask", ["unmasked", "right-padded", "arbitrary"])
def test_the_loop_gives_the_numbers_and_gradients_of_the_cell(
    both, sequences, masks, mask, settings, draw, outcome, assert_near
):
    before = [draw(5, UNITS, seed=20)]
    ours, expected = (outcome(layer, sequences, before, masks[mask], training=True) for layer in both(**settings))
    assert_near(ours[0], expected[0])
    assert_near(ours[1], expected[1], share=1e-4)


def test_dropout_drops_the_same_features_at_every_step_and_in_training_alone(randomised, sequences, outcome):
    layer = randomised(SRU(UNITS, dropout=0.5, seed=1, return_sequences=True), sequences.shape[-1])
    kept = outcome(layer, sequences, training=True)[1][0] != 0
    assert (kept == kept[:, :1]).all()
    assert 0 < kept.mean() < 1
    assert outcome(layer, sequences, training=False)[1][0].all()


@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_configuration_reaches_the_dropout_of_the_layer(bidirectional):
    values = {
        "cell": "sru",
        "units": UNITS,
        "depth": 2,
        "bidirectional": bidirectional,
        "dropout": 0.25,
        "clip_norm": 1,
    }
    config = build_encoder({**values, "input_dropout": 0.5}, "a test")
    for encoder, rate in ((config, 0.5), (config.without_dropout(), 0.0), (build_encoder(values, "a test"), 0.0)):
        for layer in recurrent_stack(encoder, 1):
            ways = [layer.forward_layer, layer.backward_layer] if bidirectional else [layer]
            assert [way.dropped.rate for way in ways] == [rate] * len(ways)
    (layer, _), inputs = recurrent_stack(config, 1), np.ones((64, 3, UNITS), "float32")
    assert np.isclose(layer(inputs, training=False)[0], layer(inputs, training=False)[0]).all()
    assert not np.isclose(layer(inputs, training=True)[0], layer(inputs, training=False)[0]).all()
    with pytest.raises(InputError, match=r"a test: expected input_dropout from 0 to below 1, got 1\.0"):
        build_encoder({**values, "input_dropout": 1}, "a test")
    with pytest.raises(InputError, match="the key 'input_dropout' belongs to cell sru, got 'gru'; remove it"):
        build_encoder({**values, "cell": "gru", "input_dropout": 0.5}, "a test")


def test_unrolling_is_named_and_gives_the_same_numbers(both, sequences, masks, outcome, assert_near):
    ours, cell = both(unroll=True)
    with pytest.warns(UserWarning, match="SRU: .*`unroll`"):
        got = outcome(ours, sequences, mask=masks["right-padded"])
    assert_near(got[0], outcome(cell, sequences, mask=masks["right-padded"])[0])


def test_a_configuration_makes_the_same_layer_again():
    layer = SRU(UNITS, -2.0, 0.25, 9, return_sequences=True, go_backwards=True, zero_output_for_mask=True, name="a")
    config = layer.get_config()
    again = SRU.from_config(config)
    assert again.get_config() == config
    assert (again.units, again.cell.highway_bias, again.seed, again.dropped.rate) == (UNITS, -2.0, 9, 0.25)
    assert (again.return_sequences, again.go_backwards, again.zero_output_for_mask, again.name) == (True,) * 3 + ("a",)


def weights(layer, features):
    layer.build((None, None, features))
    return layer.get_weights()


def parts(weights, units):
    """The kernel's blocks and the peepholes of the two gates."""
    kernel, peephole, _ = weights
    return [*np.split(kernel, kernel.shape[1] // units, axis=1), *np.split(peephole, 2)]


def assert_unlike(some, others):
    for one in some:
        for other in others:
            if one is not other and one.shape == other.shape:
                assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.5


@pytest.mark.parametrize(("features", "units"), [(256, 256), (400, 200)])
def test_weights_start_with_the_variances_of_the_paper(features, units):
    *blocks, through_forget, through_reset = parts(weights(SRU(units, seed=3), features), units)
    assert len(blocks) == (3 if features == units else 4)
    for block, variance in zip(blocks, [1, 0.5, 0.5, 1], strict=False):
        np.testing.assert_allclose(block.var() * features, variance, rtol=0.02)
        assert abs(block.mean()) < 0.1 / math.sqrt(features)
    np.testing.assert_allclose(np.concatenate([through_forget, through_reset]).var(), 0.5, rtol=0.15)


@pytest.mark.parametrize("highway_bias", [0.0, -3.0])
def test_biases_start_at_zero_and_at_the_highway_bias(highway_bias):
    forget, reset = np.split(weights(SRU(6, highway_bias), 6)[2], 2)
    assert (set(forget), set(reset)) == ({0.0}, {highway_bias})


@pytest.mark.parametrize("features", [32, 64], ids=["projected", "straight"])
def test_no_two_parts_start_alike(features):
    some = parts(weights(SRU(64, seed=3), features), 64)
    assert_unlike(some, some)


def test_layers_with_neighbouring_seeds_start_unlike():
    """The levels of a stack have them."""
    assert_unlike(*(parts(weights(SRU(64, seed=seed), 64), 64) for seed in (3, 4)))


def test_the_two_directions_start_unlike():
    layer = keras.layers.Bidirectional(SRU(64, seed=3))
    directions = weights(layer, 64)
    assert_unlike(*(parts(some, 64) for some in (directions[:3], directions[3:])))


def test_seeds_decide_how_weights_start():
    drawn = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        drawn.append(weights(SRU(6, seed=seed), 4))
    for one, same, other in zip(*drawn, strict=True):
        assert (one == same).all()
        assert (one != other).any() or one.std() == 0
