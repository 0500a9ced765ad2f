"""A decoder that starts from a vector, beside its equations."""

import numpy as np
import pytest

from pipelines.decoding.beam import Decoding
from pipelines.decoding.beam import decoder as beam
from pipelines.decoding.config import DecodingConfig
from pipelines.decoding.greedy import decoder as greedy
from pipelines.models.captioner import build_captioner
from pipelines.models.config import EncoderConfig
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.text.vocabulary import BEGIN_ID, Vocabulary

LETTERS = Vocabulary(["a", "b", "c"])
FEATURES = np.random.default_rng(1).normal(size=(3, 1, 5)).astype("float32")
BEFORE = np.array([[BEGIN_ID, 4, 6], [BEGIN_ID, 5, 5], [BEGIN_ID, 6, 4]], "int32")


def build(cell="lstm", depth=1, **switches):
    return build_captioner(5, LETTERS, 4, EncoderConfig(cell, 6, depth, False, 0.3, 1.0), seed=3, **switches)


@pytest.mark.parametrize("tied", [False, True])
def test_letters_follow_from_the_vector_by_the_equations_of_an_elman_network(tied):
    model = build("simple_rnn", tied_embeddings=tied)
    for weight in model.trainable_weights:  # biases too
        weight.assign(np.random.default_rng(len(weight.path)).normal(size=weight.shape))
    bridge, cell, combine = model.bridges[0][0], model.decoder[0].cell, model.combine
    words = np.asarray(model.target_vectors.trained_vectors)
    h = np.tanh(FEATURES[:, 0] @ np.asarray(bridge.kernel) + np.asarray(bridge.bias))
    expected = []
    for letters in BEFORE.T:
        h = np.tanh(words[letters] @ np.asarray(cell.kernel) + h @ np.asarray(cell.recurrent_kernel)
                    + np.asarray(cell.bias))  # fmt: skip
        out = np.tanh(h @ np.asarray(combine.kernel) + np.asarray(combine.bias))
        kernel, bias = (words.T, model.word_biases) if tied else (model.logits.kernel, model.logits.bias)
        expected.append(out @ np.asarray(kernel) + np.asarray(bias))
    found = np.asarray(model((FEATURES, BEFORE), training=False))
    np.testing.assert_allclose(found, np.stack(expected, axis=1), atol=1e-4)


def test_each_layer_and_each_state_has_its_own_start():
    _, states = build("lstm", depth=2).encode(FEATURES)
    assert [len(of_layer) for of_layer in states] == [2, 2]  # hidden and cell state
    flat = [np.asarray(state) for of_layer in states for state in of_layer]
    assert all(np.abs(one - other).max() > 1e-3 for number, one in enumerate(flat) for other in flat[:number])


def test_nothing_but_the_vector_tells_captions_apart():
    model = build()
    same = np.repeat(FEATURES[:1], 2, axis=0)
    logits = np.asarray(model((same, BEFORE[[0, 0]]), training=False))
    np.testing.assert_array_equal(logits[0], logits[1])
    others = np.asarray(model((FEATURES, BEFORE[[0, 0, 0]]), training=False))
    assert np.abs(others[0] - others[1]).max() > 1e-4


def test_a_beam_of_one_writes_what_greedy_decoding_does_up_to_the_limit():
    model = build("gru")
    model.logits.bias.assign(model.logits.bias - 5.0 * np.eye(7)[3])  # the end is unlikely
    written, _ = greedy.decode(KerasEngine(model), FEATURES, DecodingConfig(maximum_ratio=2.0, maximum_extra=3))
    written = written[:, 0]
    config = Decoding(maximum_ratio=2.0, maximum_extra=3, beam_size=1, length_penalty=0.0)
    hypotheses, _ = beam.decode(KerasEngine(model), FEATURES, config)
    np.testing.assert_array_equal(hypotheses[:, 0], written)
    assert written.shape == (3, 5)  # twice the one step of a source, and three
    assert (written != 0).all()
