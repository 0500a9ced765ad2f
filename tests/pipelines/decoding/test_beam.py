from itertools import product

import keras
import numpy as np
import pytest
from scipy.special import log_softmax

from embeddings.foundation.config import build_config
from pipelines.decoding.beam import Decoding
from pipelines.decoding.beam.decoder import decode as search
from pipelines.decoding.config import DecodingConfig
from pipelines.decoding.greedy import decoder as greedy
from pipelines.models.config import EncoderConfig
from pipelines.models.seq2seq import build_seq2seq
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.text.vocabulary import BEGIN_ID, END_ID, Vocabulary

SOURCES = np.array([[4, 5, 6, 7], [8, 9, 0, 0], [5, 0, 0, 0]], dtype="int32")
SOURCE_WORDS = Vocabulary([f"word{number}" for number in range(12)])


def build(cell, words):
    keras.utils.set_random_seed(3)
    config = EncoderConfig(cell, units=8, depth=2, bidirectional=True, dropout=0.3, clip_norm=1.0)
    target = Vocabulary([f"w{n}" for n in range(words)])
    model = build_seq2seq(SOURCE_WORDS, target, 6, 6, config, seed=3)
    for weight in (model.logits.kernel, model.combine.kernel, model.target_vectors.trained_vectors):
        weight.assign(weight * 4)  # or every word is about as probable as another
    return model


@pytest.fixture(scope="module", params=["lstm", "gru"])
def engine(request):
    return KerasEngine(build(request.param, 12))


def decode(engine, sources=SOURCES, **config):
    settings = {"maximum_ratio": 1.0, "maximum_extra": 3, "beam_size": 4, "length_penalty": 0.0, **config}
    return search(engine, sources, Decoding(**settings))


def scores_of(engine, source, hypotheses, penalty):
    """The ranked scores of hypotheses of equal length, from the model's logits on the whole of them."""
    words = np.array(hypotheses)
    before = np.insert(words[:, :-1], 0, BEGIN_ID, axis=1).astype("int32")
    logits = np.array(engine.model((np.tile(source, (len(words), 1)), before), training=False), "float64")
    chosen = np.take_along_axis(log_softmax(logits, axis=-1), words[..., None], axis=-1)
    return chosen.sum(axis=(1, 2)) / ((5 + words.shape[1]) / 6) ** penalty


def test_a_beam_of_one_is_greedy(engine):
    greedily = DecodingConfig(maximum_ratio=1.0, maximum_extra=3)
    expected, _ = greedy.decode(engine, SOURCES, greedily)
    for penalty in (0.0, 1.0):
        np.testing.assert_array_equal(decode(engine, beam_size=1, length_penalty=penalty)[0], expected)


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_scores_are_those_of_the_hypotheses_the_best_first(engine, penalty):
    written, scores = decode(engine, length_penalty=penalty)
    assert (np.diff(scores, axis=1) <= 0).all()
    for source, hypotheses, of_source in zip(SOURCES, written, scores, strict=True):
        for words, expected in zip(hypotheses, of_source, strict=True):
            words = words[: np.count_nonzero(words)]
            (score,) = scores_of(engine, source[source > 0], [words], penalty)
            np.testing.assert_allclose(score, expected, rtol=1e-4)


@pytest.mark.parametrize("penalty", [0.0, 1.5])
def test_a_wide_beam_finds_what_brute_force_finds(penalty):
    engine = KerasEngine(build("gru", 2))  # with the end three words: 3 + 2 * 3 + 4 * 3 beginnings of up to three words
    written, scores = decode(engine, maximum_ratio=0.0, beam_size=40, length_penalty=penalty)
    every = [
        [words for words in product([4, 5, END_ID], repeat=length)
         if END_ID not in words[:-1] and (length == 3 or words[-1] == END_ID)]
        for length in (1, 2, 3)
    ]  # fmt: skip
    for source, hypotheses, found in zip(SOURCES, written, scores, strict=True):
        of_all = {
            words: score
            for of_length in every
            for words, score in zip(of_length, scores_of(engine, source[source > 0], of_length, penalty), strict=True)
        }
        ranked = sorted(of_all, key=lambda words: -of_all[words])
        assert len(ranked) == (found > -1e8).sum()
        for words, hypothesis in zip(ranked[:5], hypotheses, strict=False):
            assert list(words) == hypothesis[: np.count_nonzero(hypothesis)].tolist()


def test_a_finished_hypothesis_is_never_extended(engine):
    written, _ = decode(engine)
    for words in written.reshape(-1, written.shape[-1]):
        length = np.count_nonzero(words)
        assert not words[length:].any()
        assert END_ID not in words[: length - 1]


def test_a_model_that_has_diverged_is_decoded_to_something():
    engine = KerasEngine(build("gru", 12))
    engine.model.logits.bias.assign(engine.model.logits.bias * np.nan)
    assert decode(engine)[0].shape[:2] == (len(SOURCES), 4)
    greedily = DecodingConfig(maximum_ratio=1.0, maximum_extra=3)
    assert greedy.decode(engine, SOURCES, greedily)[0].shape[:2] == (len(SOURCES), 1)


def test_hypotheses_of_a_source_differ(engine):
    written, _ = decode(engine)
    for hypotheses in written:
        assert len({tuple(words) for words in hypotheses.tolist()}) == len(hypotheses)


def test_company_and_padding_change_nothing(engine):
    written, scores = decode(engine)
    for row, source in enumerate(SOURCES):
        found, found_scores = decode(engine, source[None, source > 0])
        np.testing.assert_array_equal(found[0], written[row, :, : found.shape[-1]])
        np.testing.assert_allclose(found_scores[0], scores[row], rtol=1e-4)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"method": "beam", "length_penalty": 1.0}, "the key 'beam_size' is missing"),
     ({"method": "greedy", "beam_size": 3}, "the key 'beam_size' belongs to method beam, got 'greedy'; remove it"),
     ({"method": "beam", "beam_size": 2, "length_penalty": 1.0, "n_best": 3}, "n_best from 1 to beam_size"),
     ({"method": "bean"}, "expected a known value under 'method', got 'bean'; did you mean 'beam'"),
     ({"method": "sampling"}, "got 'sampling'; known: beam, greedy")],
)  # fmt: skip
def test_a_method_has_its_own_keys(settings, message):
    with pytest.raises(ValueError, match=message):
        build_config(DecodingConfig, settings, "translation.yaml")
