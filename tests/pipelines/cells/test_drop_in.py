"""Recurrent layers give the numbers and the gradients of the Keras layers that they stand in for."""

import keras
import numpy as np
import pytest

from pipelines.cells.gru.layer import GRU
from pipelines.cells.lstm.layer import LSTM
from pipelines.cells.simple_rnn.layer import SimpleRNN
from pipelines.cells.sru.layer import SRU, SRUCell


def stepwise_sru(units, seed=None, **settings):
    """An SRU by the loop of Keras, which draws nothing that a seed is needed for."""
    return keras.layers.RNN(SRUCell(units), **settings)


FEATURES = 3
OF_KERAS = [(LSTM, keras.layers.LSTM), (GRU, keras.layers.GRU), (SimpleRNN, keras.layers.SimpleRNN)]
PAIRS = [*OF_KERAS, (SRU, stepwise_sru)]
pytestmark = pytest.mark.filterwarnings("error:.*compiled loop does not cover")


@pytest.fixture(params=PAIRS, ids=lambda pair: pair[0].__name__)
def pair(request):
    """Our class and its twin of Keras."""
    return request.param


@pytest.fixture
def both(pair, randomised):
    """Builds a layer of both classes with the same random weights."""

    def build(units=5, **settings):
        settings = {"return_sequences": True, "return_state": True, "seed": 1, **settings}
        ours, keras_layer = (randomised(layer(units, **settings), FEATURES) for layer in pair)
        return ours, keras_layer

    return build


@pytest.fixture
def sequences(draw):
    return draw(5, 7, FEATURES, seed=1)


@pytest.fixture
def states(draw):
    """Initial states for a layer."""
    return lambda layer, batch=5: [draw(batch, width, seed=20 + n) for n, width in enumerate(layer.state_size)]


@pytest.fixture
def same(outcome, assert_near, states):
    """Compares what two layers give, their gradients as well."""

    def compare(layers, sequences, mask=None, training=False):
        ours, expected = (outcome(layer, sequences, states(layer), mask, training) for layer in layers)
        assert_near(ours[0], expected[0])
        assert_near(ours[1], expected[1], share=1e-4)

    return compare


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("mask", ["unmasked", "right-padded", "arbitrary"])
def test_outputs_states_and_gradients_are_those_of_keras(both, same, sequences, masks, mask, backwards, training):
    same(both(go_backwards=backwards), sequences, masks[mask], training)


@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("mask", ["right-padded", "arbitrary"])
def test_outputs_of_masked_steps_are_zero_where_keras_makes_them_zero(both, same, sequences, masks, mask, backwards):
    layers = both(go_backwards=backwards, zero_output_for_mask=True)
    same(layers, sequences, masks[mask], training=True)
    outputs = layers[0](sequences, mask=masks[mask])[0].numpy()
    taken = masks[mask][:, ::-1] if backwards else masks[mask]
    assert (outputs[~taken] == 0).all()
    assert (outputs[taken] != 0).all()


@pytest.mark.parametrize("units", [1, FEATURES, 8, 33])  # an SRU as wide as its inputs projects none
def test_any_width_gives_the_numbers_of_keras(both, same, sequences, masks, units):
    same(both(units), sequences, masks["arbitrary"], training=True)


@pytest.mark.parametrize("pair", OF_KERAS, indirect=True, ids=lambda pair: pair[0].__name__)
@pytest.mark.parametrize("mask", ["unmasked", "right-padded"])
def test_a_layer_without_bias_gives_the_numbers_of_keras(both, same, sequences, masks, mask):
    layers = both(use_bias=False)
    assert len(layers[0].weights) == 2
    same(layers, sequences, masks[mask], training=True)


@pytest.mark.parametrize("zero", [False, True])
@pytest.mark.parametrize("mask", ["unmasked", "right-padded", "arbitrary"])
def test_the_last_output_alone_is_that_of_keras(both, same, sequences, masks, mask, zero):
    same(both(return_sequences=False, zero_output_for_mask=zero), sequences, masks[mask], training=True)


def test_a_layer_that_returns_no_states_gives_the_outputs_of_keras(both, same, sequences, masks):
    same(both(return_state=False), sequences, masks["arbitrary"])


def test_stacked_layers_give_the_numbers_of_keras(pair, randomised, sequences, masks, outcome, assert_near):
    def stack(layer):
        inputs = keras.Input((None, FEATURES))
        hidden = layer(6, return_sequences=True)(keras.layers.Masking()(inputs))
        return randomised(keras.Model(inputs, layer(4, return_sequences=True)(hidden)), FEATURES)

    class Called:  # a model takes no initial state
        def __init__(self, model):
            self.model, self.trainable_weights = model, model.trainable_weights

        def __call__(self, sequences, initial_state, mask, training):
            return self.model(sequences, training=training)

    sequences = np.where(masks["right-padded"][:, :, None], sequences, 0)
    ours, expected = (outcome(Called(stack(layer)), sequences, training=True) for layer in pair)
    assert_near(ours[0], expected[0])
    assert_near(ours[1], expected[1], share=1e-4)


@pytest.mark.parametrize("merge_mode", ["concat", "sum"])
@pytest.mark.parametrize("mask", ["unmasked", "right-padded", "arbitrary"])
def test_a_bidirectional_layer_gives_the_numbers_of_keras(
    pair, randomised, sequences, masks, outcome, assert_near, mask, merge_mode
):
    layers = [layer(5, return_sequences=True, return_state=True) for layer in pair]
    wrapped = [randomised(keras.layers.Bidirectional(layer, merge_mode), FEATURES) for layer in layers]
    assert isinstance(wrapped[0].backward_layer, pair[0])
    ours, expected = (outcome(layer, sequences, mask=masks[mask], training=True) for layer in wrapped)
    assert_near(ours[0], expected[0])
    assert_near(ours[1], expected[1], share=1e-4)


@pytest.mark.parametrize("pair", OF_KERAS, indirect=True, ids=lambda pair: pair[0].__name__)
def test_last_states_of_both_directions_are_those_at_the_last_and_the_first_real_step(both, sequences, masks):
    layer, _ = both()
    wrapped = keras.layers.Bidirectional(layer)
    outputs, *last = (part.numpy() for part in wrapped(sequences, mask=masks["right-padded"]))
    forwards, backwards = last[0], last[len(last) // 2]
    for row, length in enumerate([7, 3, 1, 5]):
        np.testing.assert_array_equal(forwards[row], outputs[row, length - 1, :5])
        np.testing.assert_array_equal(backwards[row], outputs[row, 0, 5:])


def test_last_states_of_both_directions_are_those_of_a_row_without_its_padding(both, sequences, masks, assert_near):
    wrapped = keras.layers.Bidirectional(both()[0])
    last = [part.numpy() for part in wrapped(sequences, mask=masks["right-padded"])[1:]]
    for row, length in enumerate([7, 3, 1, 5]):
        assert_near([part[row : row + 1] for part in last], wrapped(sequences[row : row + 1, :length])[1:])


def test_a_stateful_layer_goes_on_where_it_stopped_until_its_state_is_reset(pair, randomised, sequences):
    layers = []
    for layer in pair:
        layer = layer(5, stateful=True, return_sequences=True)
        layer.build((5, 7, FEATURES))
        layers.append(randomised(layer, FEATURES))
    first, second = ([layer(sequences).numpy() for layer in layers] for _ in range(2))
    np.testing.assert_allclose(*first, atol=1e-5)
    np.testing.assert_allclose(*second, atol=1e-5)
    assert np.abs(first[0] - second[0]).max() > 1e-3
    layers[0].reset_state()
    np.testing.assert_array_equal(layers[0](sequences), first[0])


@pytest.mark.parametrize("pair", OF_KERAS, indirect=True, ids=lambda pair: pair[0].__name__)
@pytest.mark.parametrize("mask", ["unmasked", "right-padded"])
def test_dropout_in_training_is_that_of_keras_for_the_same_seed(both, same, sequences, masks, mask):
    layers = both(dropout=0.5)
    same(layers, sequences, masks[mask], training=True)
    same(layers, sequences, masks[mask], training=True)  # the next draw
    same(layers, sequences, masks[mask], training=False)


@pytest.mark.parametrize("pair", OF_KERAS, indirect=True, ids=lambda pair: pair[0].__name__)
def test_dropout_drops_the_same_features_at_every_step(both, sequences, outcome):
    layer, _ = both(dropout=0.5)
    kept = outcome(layer, sequences, training=True)[1][0] != 0
    assert (kept == kept[:, :1]).all()
    assert 0 < kept.mean() < 1
    assert outcome(layer, sequences, training=False)[1][0].all()


@pytest.mark.parametrize("pair", OF_KERAS[:2], indirect=True, ids=lambda pair: pair[0].__name__)
def test_dropout_of_each_gate_is_that_of_keras_for_the_same_seed(pair, randomised, same, sequences):
    # Keras itself fails here unless cuDNN is ruled out: it takes the masks of all gates for one.
    settings = {"dropout": 0.5, "seed": 1, "implementation": 1, "use_cudnn": False}
    layers = [randomised(layer(5, **settings), FEATURES) for layer in pair]
    with pytest.warns(UserWarning, match="`implementation`"):
        same(layers, sequences, None, True)
