"""Language models: states are carried from chunk to chunk, gradients are not."""

from functools import cache

import keras
import numpy as np
import pytest
import tensorflow as tf

from embeddings.foundation import plugins
from pipelines.models.config import EncoderConfig
from pipelines.models.language_model import build_language_model
from pipelines.models.reading import log_probabilities
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.text.vocabulary import BEGIN_ID, Vocabulary

CELLS = plugins.names("pipelines.cells")
VOCABULARY = Vocabulary("abcdefgh")
TEXTS = [np.array([BEGIN_ID, *ids], "int32") for ids in ([4, 5, 6, 7, 8, 9, 4, 4, 11, 10, 5], [7], [9, 4, 10, 11])]


def model_of(cell="lstm", depth=2, tied_embeddings=False, rows=1):
    keras.utils.set_random_seed(1)
    config = EncoderConfig(cell, units=5, depth=depth, bidirectional=False, dropout=0.0, clip_norm=1.0)
    model = build_language_model(VOCABULARY, 3, tied_embeddings, config, rows, seed=1)
    draws = np.random.default_rng(0)
    model.set_weights([draws.normal(0, 0.7, weight.shape) for weight in model.get_weights()])
    for state in model.carried:
        state.assign(np.zeros(state.shape))
    return model


def reference(model, text):
    """The log-probability of each token of a text, read whole."""
    logits = np.asarray(model(text[None, :-1], training=False))[0].astype("float64")
    chances = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return np.log(chances[np.arange(len(text) - 1), text[1:]])


@cache
def read_whole(cell):
    """What runs a model, traced once for chunks of every length, and the scores of the texts."""
    model = model_of(cell)
    return KerasEngine(model), [reference(model, text) for text in TEXTS]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("chunk_tokens", [1, 3, 4, 100])
def test_chunks_with_carried_states_score_as_the_whole_text_does(cell, chunk_tokens):
    engine, expected = read_whole(cell)
    for text, found, whole in zip(TEXTS, log_probabilities(engine, TEXTS, chunk_tokens), expected, strict=True):
        assert len(found) == len(text) - 1
        np.testing.assert_allclose(found, whole, atol=1e-5)


def test_probabilities_of_all_words_sum_to_one_at_each_step():
    model = model_of(tied_embeddings=True)
    texts = [np.array([BEGIN_ID, 5, 6, word], "int32") for word in range(len(VOCABULARY))]
    last = [found[-1] for found in log_probabilities(KerasEngine(model), texts, 2)]
    assert np.exp(last).sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_a_batch_that_continues_gives_the_logits_of_the_whole_row(cell):
    model = model_of(cell, rows=2)
    ids = np.array([[2, 4, 5, 6, 7, 8], [2, 9, 9, 4, 5, 11]], "int32")
    whole = np.asarray(model(ids, training=False))
    parts = [
        np.asarray(model((ids[:, :2], np.array([[0], [0]], "int32")), training=True)),
        np.asarray(model((ids[:, 2:], np.array([[1], [1]], "int32")), training=True)),
    ]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)


def test_a_row_that_does_not_continue_starts_from_zero_and_its_neighbour_goes_on():
    model = model_of(rows=2)
    ids = np.array([[2, 4, 5, 6], [2, 4, 5, 6]], "int32")
    model((ids[:, :2], np.array([[0], [0]], "int32")), training=True)
    found = np.asarray(model((ids[:, 2:], np.array([[0], [1]], "int32")), training=True))
    np.testing.assert_allclose(found[0], np.asarray(model(ids[:1, 2:], training=False))[0], atol=1e-5)
    np.testing.assert_allclose(found[1], np.asarray(model(ids[1:], training=False))[0, 2:], atol=1e-5)


def test_padding_at_the_end_of_a_chunk_does_not_change_the_state():
    short, long = model_of(), model_of()
    short((np.array([[2, 4]], "int32"), np.array([[0]], "int32")), training=True)
    long((np.array([[2, 4, 0, 0]], "int32"), np.array([[0]], "int32")), training=True)
    for one, other in zip(short.carried, long.carried, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_the_loss_of_a_chunk_has_no_gradient_in_the_chunk_before(cell):
    model = model_of(cell)
    vectors = model.source_vectors.trained_vectors
    with tf.GradientTape() as tape:
        model((np.array([[4, 5]], "int32"), np.array([[0]], "int32")), training=True)
        loss = tf.reduce_sum(model((np.array([[6, 7]], "int32"), np.array([[1]], "int32")), training=True) ** 2)
    gradient = np.abs(tf.convert_to_tensor(tape.gradient(loss, vectors.value))).sum(axis=1)
    assert set(np.flatnonzero(gradient)) == {6, 7}
    with tf.GradientTape() as tape:
        whole = model(np.array([[4, 5, 6, 7]], "int32"), training=True)[:, 2:]
        loss = tf.reduce_sum(whole**2)
    gradient = np.abs(tf.convert_to_tensor(tape.gradient(loss, vectors.value))).sum(axis=1)
    assert set(np.flatnonzero(gradient)) == {4, 5, 6, 7}


def test_the_first_layers_state_is_worked_out_by_hand():
    model = model_of("simple_rnn", depth=1)
    (layer,) = model.encoder
    kernel, recurrent, bias = (np.asarray(weight) for weight in layer.get_weights())
    vectors = np.asarray(model.source_vectors.trained_vectors)
    state = np.zeros(5)
    for number in (2, 6, 4):
        state = np.tanh(vectors[number] @ kernel + state @ recurrent + bias)
    model((np.array([[2, 6]], "int32"), np.array([[0]], "int32")), training=True)
    model((np.array([[4]], "int32"), np.array([[1]], "int32")), training=True)
    np.testing.assert_allclose(model.carried[0], state[None], atol=1e-6)


def test_carried_states_are_not_counted_as_parameters():
    plain, wide = model_of(rows=1), model_of(rows=50)
    assert plain.count_params() == wide.count_params() == sum(np.prod(w.shape) for w in plain.trainable_weights)
