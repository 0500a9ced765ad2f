"""LSTM, GRU and SimpleRNN are configured, saved and trained as Keras layers are, and say which settings are slow."""

import warnings

import keras
import numpy as np
import pytest

from embeddings.foundation import plugins
from pipelines.cells.gru.layer import GRU
from pipelines.cells.lstm.layer import LSTM
from pipelines.cells.simple_rnn.layer import SimpleRNN

FEATURES = 3
PAIRS = [(LSTM, keras.layers.LSTM), (GRU, keras.layers.GRU), (SimpleRNN, keras.layers.SimpleRNN)]
NAMES = plugins.names("pipelines.cells")
NOT_COVERED = [
    *((pair, {"activation": "relu"}, "activation") for pair in PAIRS),
    *((pair, {"activation": None}, "activation") for pair in PAIRS),
    *((pair, {"recurrent_activation": "hard_sigmoid"}, "recurrent_activation") for pair in PAIRS[:2]),
    *((pair, {"recurrent_dropout": 0.2}, "recurrent_dropout") for pair in PAIRS),
    *((pair, {"unroll": True}, "unroll") for pair in PAIRS),
    (PAIRS[1], {"reset_after": False}, "reset_after"),
]
COVERED = [
    {},
    {"use_bias": False},
    {"dropout": 0.3},
    {"go_backwards": True},
    {"zero_output_for_mask": True},
    {"activation": "tanh"},
    {"activation": keras.activations.tanh},
    {"kernel_initializer": "he_normal", "kernel_regularizer": "l2"},
]


@pytest.fixture
def sequences(draw):
    return draw(5, 7, FEATURES, seed=1)


def ids(value):
    return value[0].__name__ if isinstance(value, tuple) else None


@pytest.mark.parametrize(("pair", "settings", "named"), NOT_COVERED, ids=ids)
def test_a_setting_not_covered_is_named_and_gives_the_numbers_of_keras(
    pair, settings, named, randomised, sequences, masks, outcome
):
    settings = {"return_sequences": True, "return_state": True, "seed": 5, **settings}
    ours, keras_layer = (randomised(layer(6, **settings), FEATURES) for layer in pair)
    with pytest.warns(UserWarning, match=f"{pair[0].__name__}: .*`{named}`"):
        got = outcome(ours, sequences, mask=masks["right-padded"], training=True)
    expected = outcome(keras_layer, sequences, mask=masks["right-padded"], training=True)
    for one, other in zip([*got[0], *got[1]], [*expected[0], *expected[1]], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("layer", [LSTM, GRU, SimpleRNN])
def test_a_setting_not_covered_is_named_once(layer, training, sequences):
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("default")
        unrolled = layer(6, unroll=True)
        for _ in range(3):
            unrolled(sequences, training=training)
    assert [str(one.message).split(";")[0] for one in given] == [
        f"{layer.__name__}: the compiled loop does not cover this setting of `unroll`"
    ]


@pytest.mark.parametrize("settings", COVERED, ids=[f"{number}-{'-'.join(one)}" for number, one in enumerate(COVERED)])
@pytest.mark.parametrize("layer", [LSTM, GRU, SimpleRNN])
def test_a_covered_setting_gives_no_warning(layer, settings, sequences):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        layer(6, **settings)(sequences, training=True)


@pytest.mark.parametrize("pair", PAIRS, ids=ids)
def test_weights_go_from_keras_and_to_keras(pair, sequences):
    ours, keras_layer = (layer(6, return_sequences=True) for layer in pair)
    before = keras_layer(sequences)
    ours.build(sequences.shape)
    assert [(weight.path.split("/")[-1], weight.shape) for weight in ours.weights] == [
        (weight.path.split("/")[-1], weight.shape) for weight in keras_layer.weights
    ]
    ours.set_weights(keras_layer.get_weights())
    np.testing.assert_allclose(ours(sequences), before, atol=1e-5)
    ours.set_weights([-weight for weight in ours.get_weights()])
    keras_layer.set_weights(ours.get_weights())
    np.testing.assert_allclose(keras_layer(sequences), ours(sequences), atol=1e-5)


@pytest.mark.parametrize("pair", PAIRS, ids=ids)
def test_the_seed_gives_the_initial_weights_of_keras(pair):
    weights = []
    for layer in pair:
        keras.utils.set_random_seed(4)
        built = layer(6, seed=2)
        built.build((None, None, FEATURES))
        weights.append(built.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("pair", PAIRS, ids=ids)
def test_a_configuration_is_that_of_keras_and_makes_the_same_layer_again(pair):
    settings = {
        "return_sequences": True,
        "dropout": 0.1,
        "use_bias": False,
        "go_backwards": True,
        "seed": 3,
        "name": "a",
    }
    ours, keras_layer = (layer(6, **settings) for layer in pair)
    assert ours.get_config() == keras_layer.get_config()
    again = pair[0].from_config(ours.get_config())
    assert type(again) is pair[0]
    assert again.get_config() == ours.get_config()


@pytest.mark.parametrize("name", NAMES)
def test_a_factory_gives_a_layer_of_that_name_which_its_configuration_makes_again(name):
    layer = plugins.load("pipelines.cells", name, "layer").layer(6, "encoder_1", 7)
    assert (layer.name, layer.units, layer.return_sequences, layer.return_state) == ("encoder_1", 6, True, True)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()


@pytest.mark.parametrize("bidirectional", [False, True], ids=["forwards", "bidirectional"])
@pytest.mark.parametrize("name", NAMES)
def test_a_saved_model_gives_the_same_predictions(name, bidirectional, tmp_path):
    inputs = keras.Input((None,), dtype="int32")
    layer = plugins.load("pipelines.cells", name, "layer").layer(4, "recurrent", 7)
    hidden = keras.layers.Embedding(9, FEATURES, mask_zero=True)(inputs)
    model = keras.Model(inputs, (keras.layers.Bidirectional(layer) if bidirectional else layer)(hidden)[0])
    tokens = np.array([[3, 4, 5, 0], [6, 0, 0, 0]])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(tokens, verbose=0), model.predict(tokens, verbose=0))


@pytest.mark.parametrize("name", NAMES)
def test_training_with_the_default_settings_of_compile_brings_the_loss_down(name, sequences):
    keras.utils.set_random_seed(1)
    inputs = keras.Input((None, FEATURES))
    hidden = plugins.load("pipelines.cells", name, "layer").layer(8, "recurrent", 7)(inputs)[0]
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    model.compile(keras.optimizers.Adam(0.02), "mse")
    targets = sequences.sum(2, keepdims=True).cumsum(1)
    losses = [model.train_on_batch(sequences, targets) for _ in range(30)]
    assert losses[-1] < losses[0] / 2


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_half_precision_gives_half_precision_near_the_single_one(
    name, training, randomised, sequences, masks, outcome, assert_near
):
    make = type(plugins.load("pipelines.cells", name, "layer").layer(6, "a", 7))
    single, half = (
        randomised(make(6, return_sequences=True, return_state=True, dtype=dtype), FEATURES)
        for dtype in ("float32", "mixed_float16")
    )
    assert {weight.dtype for weight in half.weights} == {"float32"}
    got, expected = (outcome(layer, sequences, (), masks["arbitrary"], training) for layer in (half, single))
    assert {array.dtype.name for array in got[0]} == {"float16"}
    assert {array.dtype.name for array in got[1]} == {"float32"}
    assert_near(got[0], expected[0], share=5e-3)
    assert_near(got[1], expected[1], share=5e-3)
