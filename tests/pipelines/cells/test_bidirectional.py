"""Both directions in one operation give the numbers and the gradients of two layers."""

import keras
import pytest
import tensorflow as tf

from embeddings.foundation import plugins
from pipelines.cells.lstm.layer import LSTM
from pipelines.cells.qrnn.layer import QRNN
from pipelines.layers import Bidirectional

FEATURES, UNITS = 3, 5
NAMES = plugins.names("pipelines.cells")


def layer_of(name, units=UNITS):
    return plugins.load("pipelines.cells", name, "layer").layer(units, "recurrent", 7)


@pytest.fixture
def both(randomised):
    """Our wrapper and that of Keras around a layer, with the same weights."""
    return lambda layer, **settings: [
        randomised(kind(layer, **settings), FEATURES) for kind in (Bidirectional, keras.layers.Bidirectional)
    ]


@pytest.fixture
def same(outcome, assert_near, draw):
    def compare(layers, sequences, mask, training=True, states=()):
        ours, expected = (outcome(layer, sequences, states, mask, training) for layer in layers)
        assert_near(ours[0], expected[0])
        assert_near(ours[1], expected[1], share=1e-4)

    return compare


def loops(layer):
    """How many compiled operations a training step of a layer has, forwards."""
    call = tf.function(lambda x: layer(x, training=True)[0], input_signature=[tf.TensorSpec((None, None, FEATURES))])
    return [node.op for node in call.get_concrete_function().graph.as_graph_def().node].count("PyFuncStateless")


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("mask", ["unmasked", "right-padded", "arbitrary"])
@pytest.mark.parametrize("name", NAMES)
def test_one_operation_gives_the_numbers_and_gradients_of_two_layers(both, same, draw, masks, name, mask, training):
    layers = both(layer_of(name))
    assert [loops(layer) for layer in layers] == [1, 2]
    same(layers, draw(5, 7, FEATURES, seed=1), masks[mask], training)


@pytest.mark.parametrize("name", NAMES)
def test_both_directions_begin_at_given_states(both, same, draw, masks, name):
    layers = both(layer_of(name, FEATURES))  # as wide as its inputs, which an SRU then does not project
    widths = 2 * [*layers[0].forward_layer.state_size]
    states = [draw(5, width, seed=20 + number) for number, width in enumerate(widths)]
    same(layers, draw(5, 7, FEATURES, seed=1), masks["arbitrary"], states=states)


@pytest.mark.parametrize(
    ("layer", "settings"),
    [
        (LSTM(UNITS, return_sequences=True, return_state=True), {"merge_mode": "sum"}),
        (LSTM(UNITS, return_state=True), {}),
        (LSTM(UNITS, return_sequences=True, return_state=True, dropout=0.5, seed=1), {}),
        (LSTM(UNITS, return_sequences=True, return_state=True, weight_dropout=0.5, seed=1), {}),
        (QRNN(UNITS, return_sequences=True, return_state=True, zoneout=0.5, seed=1), {}),
        (QRNN(UNITS, return_sequences=True, return_state=True, dropout=0.5, seed=1), {}),
    ],
    ids=["sum", "last outputs", "dropout", "weight dropout", "zoneout", "dropout of inputs"],
)
def test_what_one_operation_does_not_cover_runs_as_two_layers(both, same, draw, masks, layer, settings):
    layers = both(layer, **settings)
    assert loops(layers[0]) == 2
    same(layers, draw(5, 7, FEATURES, seed=1), masks["right-padded"])


def test_the_wrapper_is_saved_under_its_own_name_and_loads_in_safe_mode(tmp_path, draw, randomised):
    inputs = keras.Input((None, FEATURES))
    model = randomised(keras.Model(inputs, Bidirectional(layer_of("gru"))(inputs)[0]), FEATURES)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert type(again.layers[-1]) is Bidirectional
    sequences = draw(5, 7, FEATURES)
    assert (again.predict_on_batch(sequences) == model.predict_on_batch(sequences)).all()
