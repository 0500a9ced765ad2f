"""States after a text: however it is read, they are those of the text alone."""

import keras
import numpy as np
import pytest

from embeddings.foundation import plugins
from pipelines.models.config import EncoderConfig
from pipelines.models.language_model import build_language_model
from pipelines.probing.states import final_states, states_of_unit
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.text.vocabulary import BEGIN_ID, Vocabulary

CELLS = plugins.names("pipelines.cells")
DRAWS = np.random.default_rng(0)
TEXTS = [np.array([BEGIN_ID, *DRAWS.integers(4, 12, size)], "int32") for size in (11, 1, 3, 40, 3, 20)]


@pytest.fixture(scope="module", params=CELLS)
def model(request):
    """A language model of two layers, its weights drawn wide."""
    keras.utils.set_random_seed(1)
    config = EncoderConfig(request.param, units=5, depth=2, bidirectional=False, dropout=0.5, clip_norm=1.0)
    built = build_language_model(Vocabulary("abcdefgh"), 3, False, config, rows=1, seed=1)
    draws = np.random.default_rng(0)
    built.set_weights([draws.normal(0, 0.7, weight.shape) for weight in built.get_weights()])
    return built


@pytest.fixture(scope="module")
def alone(model):
    """The state of each text read whole and alone."""
    whole = [model.read(text[None], model.first_states(text[None]), training=False)[1][-1] for text in TEXTS]
    return np.concatenate([np.asarray(state) for state in whole])


@pytest.mark.parametrize(("chunk_tokens", "batch_size"), [(1, 6), (3, 2), (7, 1), (100, 4), (100, 64)])
def test_chunks_batches_and_padding_do_not_change_the_state(model, alone, chunk_tokens, batch_size):
    np.testing.assert_allclose(final_states(KerasEngine(model), TEXTS, chunk_tokens, batch_size), alone, atol=1e-5)


def test_the_order_of_the_texts_does_not_change_their_states(model, alone):
    np.testing.assert_allclose(final_states(KerasEngine(model), TEXTS[::-1], 4, 2), alone[::-1], atol=1e-5)


def test_a_units_state_after_each_token_is_that_of_the_text_so_far(model, alone):
    found = states_of_unit(KerasEngine(model), TEXTS, 2)
    assert [len(values) for values in found] == [len(text) for text in TEXTS]
    np.testing.assert_allclose([values[-1] for values in found], alone[:, 2], atol=1e-5)
    beginnings = [TEXTS[0][:length] for length in range(1, len(TEXTS[0]) + 1)]
    np.testing.assert_allclose(found[0], final_states(KerasEngine(model), beginnings, 5)[:, 2], atol=1e-5)


def test_an_lstm_is_read_by_its_cell_state():
    config = EncoderConfig("lstm", units=2, depth=1, bidirectional=False, dropout=0.0, clip_norm=1.0)
    model = build_language_model(Vocabulary("ab"), 3, False, config, rows=1, seed=1)
    # Gates without weights: input and forget gates 1/2 and 1, and tanh(1) goes in at each step.
    kernel, recurrent = np.zeros((3, 8)), np.zeros((2, 8))
    biases = np.repeat([0.0, 100.0, 1.0, 0.0], 2)
    model.encoder[0].set_weights([kernel, recurrent, biases])
    states = final_states(KerasEngine(model), [np.array([BEGIN_ID, 4, 5], "int32"), np.array([BEGIN_ID], "int32")], 2)
    np.testing.assert_allclose(states, [[1.5 * np.tanh(1)] * 2, [0.5 * np.tanh(1)] * 2], atol=1e-6)
