import keras
import numpy as np
import pytest

from pipelines.decoding.config import DecodingConfig
from pipelines.decoding.greedy.decoder import decode
from pipelines.models.config import EncoderConfig
from pipelines.models.seq2seq import build_seq2seq
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.text.vocabulary import BEGIN_ID, END_ID, PADDING_ID, UNKNOWN_ID, Vocabulary

VOCABULARY = Vocabulary([f"word{number}" for number in range(12)])
SOURCES = np.array([[4, 5, 6, 7], [8, 9, 0, 0], [15, 0, 0, 0]], dtype="int32")


MODELS = {
    "lstm": {},
    "gru": {"annotations": "states_and_words"},
    "simple_rnn": {"attention": "none"},
    "lstm that is fed": {"input_feeding": True, "attention": "additive"},
    "gru that is fed": {"input_feeding": True, "tied_embeddings": True},
    "sru": {"attention": "additive", "tied_embeddings": True},
}


@pytest.fixture(scope="module", params=MODELS)
def engine(request):
    keras.utils.set_random_seed(3)
    cell = EncoderConfig(request.param.split()[0], units=8, depth=2, bidirectional=True, dropout=0.3, clip_norm=1.0)
    return KerasEngine(build_seq2seq(VOCABULARY, VOCABULARY, 6, 6, cell, seed=3, **MODELS[request.param]))


@pytest.fixture
def model(engine):
    return engine.model


def output_bias(model):
    """The bias of the words' logits."""
    return model.word_biases if model.switches["tied_embeddings"] else model.logits.bias


def test_a_step_gives_the_logits_of_the_whole_sequence(model):
    words = np.array([[BEGIN_ID, 5, 9]] * 3, dtype="int32")
    at_once = np.asarray(model((SOURCES, words), training=False))
    memory, states = model.encode(SOURCES, training=False)
    for time in range(3):
        logits, states, _ = model.step(words[:, time], states, memory)
        np.testing.assert_allclose(logits, at_once[:, time], atol=1e-5)


def written_by(engine, **config):
    """What a model writes, int (batch, time)."""
    written, scores = decode(engine, SOURCES, DecodingConfig(**config))
    assert np.shape(scores) == (len(SOURCES), 1)
    return written[:, 0]


def test_every_word_is_the_most_probable_one_after_the_words_before(engine, model):
    written = written_by(engine)
    for source, words in zip(SOURCES, written, strict=True):
        length = int(np.count_nonzero(words))
        before = np.array([[BEGIN_ID, *words[: length - 1]]], dtype="int32")
        logits = np.array(model((source[None], before), training=False))[0]
        logits[:, [PADDING_ID, UNKNOWN_ID, BEGIN_ID]] = -np.inf
        np.testing.assert_array_equal(logits.argmax(axis=-1), words[:length])


def test_the_limit_follows_the_sources_own_length(engine, model):
    bias = output_bias(model)
    before = np.array(bias)
    try:
        bias.assign(np.where(np.arange(len(before)) == END_ID, -100.0, before))  # never ends by itself
        written = written_by(engine, maximum_ratio=1.5, maximum_extra=2)
    finally:
        bias.assign(before)
    assert np.count_nonzero(written, axis=1).tolist() == [1.5 * 4 + 2, 1.5 * 2 + 2, int(1.5 * 1) + 2]


def test_a_finished_output_is_never_extended(engine, model):
    bias = output_bias(model)
    before = np.array(bias)
    try:
        bias.assign(np.where(np.arange(len(before)) == END_ID, 100.0, before))
        written = written_by(engine)
    finally:
        bias.assign(before)
    assert written[:, 0].tolist() == [END_ID] * 3
    assert not written[:, 1:].any()
