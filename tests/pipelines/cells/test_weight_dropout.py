"""Weight dropout: in training, recurrent weights are left out and the rest is scaled up, on whatever path runs."""

import keras
import numpy as np
import pytest

from embeddings.foundation import plugins
from embeddings.foundation.config import field_names
from pipelines.cells.gru.layer import GRU
from pipelines.cells.lstm.layer import LSTM
from pipelines.cells.simple_rnn.layer import SimpleRNN
from pipelines.layers.loops import dispatch
from pipelines.models.config import own_keys

FEATURES, UNITS, RATE = 3, 6, 0.25
LAYERS = [LSTM, GRU, SimpleRNN]
PAIRS = [(LSTM, keras.layers.LSTM), (GRU, keras.layers.GRU), (SimpleRNN, keras.layers.SimpleRNN)]


@pytest.fixture
def sequences(draw):
    return draw(5, 7, FEATURES, seed=1)


def make(layer, randomised, **settings):
    return randomised(layer(UNITS, return_sequences=True, return_state=True, seed=5, **settings), FEATURES)


def drawn(layer):
    """What is left of the recurrent weights in the next call, from the state that the layer's draws have now."""
    seed = keras.random.SeedGenerator(0)
    seed.state.assign(layer.cell.seed_generator.state)
    return np.asarray(keras.random.dropout(layer.cell.recurrent_kernel, RATE, seed=seed))


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "keras"])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].__name__)
def test_training_gives_the_numbers_of_keras_with_the_weights_that_are_left(
    pair, compiled, randomised, sequences, masks, outcome, assert_near, monkeypatch
):
    if not compiled:
        monkeypatch.setattr(dispatch, "on_cpu", lambda: False)
    ours, keras_layer = make(pair[0], randomised, weight_dropout=RATE), make(pair[1], randomised)
    left = drawn(ours)
    whole = np.asarray(ours.cell.recurrent_kernel)
    assert 0.1 < np.mean(left == 0) < 0.4
    np.testing.assert_allclose(left[left != 0], (whole / (1 - RATE))[left != 0], rtol=1e-6)
    keras_layer.cell.recurrent_kernel.assign(left)
    got = outcome(ours, sequences, mask=masks["right-padded"], training=True)
    expected = outcome(keras_layer, sequences, mask=masks["right-padded"], training=True)
    assert_near(got[0], expected[0])
    kept = [weight.path.endswith("recurrent_kernel") for weight in keras_layer.trainable_weights].index(True)
    place = len(got[1]) - len(keras_layer.trainable_weights) + kept
    for number, (one, other) in enumerate(zip(got[1], expected[1], strict=True)):
        slope = np.where(left == 0, 0, 1 / (1 - RATE)) if number == place else 1
        np.testing.assert_allclose(one, other * slope, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_step_leaves_out_other_weights_than_the_one_before_and_keeps_its_variables(layer, randomised, sequences):
    ours = make(layer, randomised, weight_dropout=RATE)
    variable = ours.cell.recurrent_kernel
    first, second = (np.asarray(ours(sequences, training=True)[0]) for _ in range(2))
    assert np.abs(first - second).max() > 1e-3
    assert ours.cell.recurrent_kernel is variable
    assert [weight is variable for weight in ours.weights].count(True) == 1


@pytest.mark.parametrize("layer", LAYERS)
def test_prediction_leaves_nothing_out(layer, randomised, sequences):
    dropping, plain = make(layer, randomised, weight_dropout=RATE), make(layer, randomised)
    np.testing.assert_array_equal(dropping(sequences)[0], plain(sequences)[0])


@pytest.mark.parametrize(
    "name", [name for name in plugins.names("pipelines.cells") if "weight_dropout" in field_names(own_keys(name))]
)
def test_a_saved_layer_keeps_its_weight_dropout_in_both_directions(name):
    layer = plugins.load("pipelines.cells", name, "layer").layer(4, "recurrent", 7, weight_dropout=RATE)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    both = keras.layers.Bidirectional(layer)
    assert again.weight_dropout == both.forward_layer.weight_dropout == both.backward_layer.weight_dropout == RATE
