import keras
import numpy as np
import pytest

from embeddings.foundation import plugins
from pipelines.layers import CharFeatures

ENCODERS = ["cnn", *plugins.names("pipelines.cells")]
CHARACTERS = np.array([[2, 5, 6, 3], [2, 7, 3, 0]], "int32")
NUMBERS = np.array([[1, 2, 2], [2, 1, 0]], "int32")


def features(encoder, **changes):
    settings = {"characters": 9, "dimensions": 5, "units": 6, "dropout": 0.0, "seed": 1, **changes}
    return CharFeatures(**settings, recurrent=None if encoder == "cnn" else of_cell(encoder))


def of_cell(name):
    return keras.layers.Bidirectional(plugins.load("pipelines.cells", name, "layer").layer(3, "characters", 1))


@pytest.mark.parametrize("encoder", ENCODERS)
def test_equal_words_have_equal_features_wherever_they_stand(encoder):
    found = np.asarray(features(encoder)(NUMBERS, CHARACTERS))
    assert found.shape == (2, 3, 6)
    np.testing.assert_array_equal(found[0, 1], found[0, 2])
    np.testing.assert_array_equal(found[0, 0], found[1, 1])
    assert np.abs(found[0, 0] - found[0, 1]).max() > 1e-3


@pytest.mark.parametrize("encoder", ENCODERS)
def test_padding_characters_and_other_words_change_nothing(encoder):
    layer = features(encoder)
    found = np.asarray(layer(NUMBERS, CHARACTERS))
    padded = np.asarray(layer(NUMBERS, np.pad(CHARACTERS, ((0, 3), (0, 5)), constant_values=[(0, 4), (0, 0)])))
    np.testing.assert_allclose(padded, found, atol=1e-6)
    alone = np.asarray(layer(np.ones((1, 1), "int32"), CHARACTERS[1:, :3]))
    np.testing.assert_allclose(alone[0, 0], found[0, 1], atol=1e-6)


def test_a_convolution_takes_of_each_filter_its_largest_value_over_three_characters():
    layer = features("cnn")
    found = np.asarray(layer(np.array([[2]], "int32"), CHARACTERS))[0, 0]
    vectors = np.asarray(layer.vectors.embeddings)
    kernel, bias = (np.asarray(weight) for weight in layer.encoder.weights)
    rows = np.concatenate([np.zeros((1, 5)), vectors[[2, 7, 3]], np.zeros((1, 5))])
    windows = [np.einsum("wd,wdu->u", rows[start : start + 3], kernel) + bias for start in range(3)]
    np.testing.assert_allclose(found, np.max(windows, axis=0), rtol=1e-5)


def test_dropout_is_drawn_in_training_alone():
    layer = features("cnn", dropout=0.5)
    plain = np.asarray(layer(NUMBERS, CHARACTERS, training=False))
    np.testing.assert_array_equal(plain, layer(NUMBERS, CHARACTERS, training=False))
    assert np.abs(plain - np.asarray(layer(NUMBERS, CHARACTERS, training=True))).max() > 1e-3


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_saved_layer_gives_the_same(encoder, tmp_path):
    numbers, characters = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    model = keras.Model([numbers, characters], features(encoder)(numbers, characters))
    model.save(tmp_path / "features.keras")
    loaded = keras.saving.load_model(tmp_path / "features.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded([NUMBERS, CHARACTERS]), model([NUMBERS, CHARACTERS]))


def test_two_directions_share_the_units():
    with pytest.raises(ValueError, match=r"twice the units of each direction.*units=5, directions of 3"):
        features("lstm", units=5)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_dtype_policy_of_its_own_reaches_every_part_and_survives_saving(encoder, tmp_path):
    numbers, characters = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    settings = {"characters": 9, "dimensions": 5, "units": 6, "dropout": 0.0, "seed": 1, "dtype": "mixed_bfloat16"}
    recurrent = None
    if encoder != "cnn":
        kind, mixed = type(of_cell(encoder).forward_layer), {"dtype": settings["dtype"]}
        recurrent = keras.layers.Bidirectional(kind(3, return_sequences=True, return_state=True, **mixed), **mixed)
    layer = CharFeatures(**settings, recurrent=recurrent)
    model = keras.Model([numbers, characters], layer(numbers, characters))
    found = model([NUMBERS, CHARACTERS])
    assert keras.backend.standardize_dtype(found.dtype) == "bfloat16"
    model.save(tmp_path / "features.keras")
    loaded = keras.saving.load_model(tmp_path / "features.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded([NUMBERS, CHARACTERS]), found)
