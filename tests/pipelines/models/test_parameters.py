"""Parameters of each cell at input width = units = d, as the literature gives them."""

import keras
import pytest

from embeddings.foundation import plugins
from pipelines.models.classifier import build_classifier
from pipelines.models.config import EncoderConfig
from pipelines.models.tagger import build_tagger
from pipelines.text.vocabulary import Vocabulary

EXPECTED = {
    "simple_rnn": lambda d: 2 * d**2 + d,
    "lstm": lambda d: 8 * d**2 + 4 * d,
    "gru": lambda d: 6 * d**2 + 6 * d,
    "sru": lambda d: 3 * d**2 + 4 * d,
    "min_gru": lambda d: 2 * d**2 + 2 * d,
    "min_lstm": lambda d: 3 * d**2 + 3 * d,
    "qrnn": lambda d: 6 * d**2 + 3 * d,  # of a filter of two steps
}
WORDS = Vocabulary(["a", "b"], ["c"])  # and four special words


def test_every_cell_has_its_number():
    assert set(EXPECTED) == set(plugins.names("pipelines.cells"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_layer_has_the_parameters_of_the_literature(name):
    layer = plugins.load("pipelines.cells", name, "layer").layer(16, name="layer", seed=1)
    layer.build((None, None, 16))
    assert layer.count_params() == EXPECTED[name](16)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_stacked_bidirectional_tagger_is_the_sum_of_its_parts(name):
    d = 8
    cell = EncoderConfig(name, d, 2, True, 0.1, 1.0)
    model = build_tagger({"tokens": WORDS}, d, [[True] * 6] * 6, cell, seed=1)
    layer = plugins.load("pipelines.cells", name, "layer").layer(d, name="layer", seed=1)
    layer.build((None, None, 2 * d))
    vectors, first, second, logits = 7 * d, 2 * EXPECTED[name](d), 2 * layer.count_params(), 2 * d * 5 + 5
    assert model.count_params() == vectors + first + second + logits


def test_last_states_are_the_hidden_ones_of_both_directions_and_not_an_lstms_cell_state():
    import numpy as np

    model = build_classifier(WORDS, 6, 3, EncoderConfig("lstm", 5, 1, True, 0.0, 1.0), seed=1, pooling="last")
    inside = keras.Model(model.inputs, [model.get_layer("encoder_0").output[0], model.get_layer("last_states").output])
    outputs, ends = inside(np.array([[4, 5, 6], [5, 0, 0]], "int32"))
    outputs, ends = np.asarray(outputs), np.asarray(ends)
    np.testing.assert_allclose(ends[0], [*outputs[0, 2, :5], *outputs[0, 0, 5:]], atol=1e-6)
    np.testing.assert_allclose(ends[1], [*outputs[1, 0, :5], *outputs[1, 0, 5:]], atol=1e-6)


def test_the_lstms_forget_bias_starts_at_one():
    import numpy as np

    layer = plugins.load("pipelines.cells", "lstm", "layer").layer(4, name="layer", seed=1)
    layer.build((None, None, 4))
    bias = np.asarray(layer.weights[2])
    assert bias.tolist() == [0] * 4 + [1] * 4 + [0] * 8
