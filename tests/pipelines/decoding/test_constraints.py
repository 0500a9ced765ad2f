"""N-grams that an output holds already."""

import itertools

import keras
import numpy as np
import pytest

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config
from pipelines.decoding.config import DecodingConfig
from pipelines.decoding.constraints import repeated_ngram_mask
from pipelines.models.config import EncoderConfig
from pipelines.models.seq2seq import build_seq2seq
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.text.vocabulary import END_ID, Vocabulary

SOURCES = np.array([[4, 5, 6, 7], [8, 9, 0, 0]], "int32")


@pytest.mark.parametrize(
    ("written", "size", "expected"),
    [
        ([4, 5, 6, 4], 2, [5]),  # 4 5 stands there
        ([4, 5, 4, 6, 4], 2, [5, 6]),
        ([4, 5, 6, 4, 5], 3, [6]),
        ([4, 5, 6, 5], 3, []),
        ([4, 4], 2, [4]),
        ([4], 2, []),
        ([], 2, []),
    ],
)
def test_words_that_would_complete_an_ngram_again(written, size, expected):
    padded = np.array([written + [0] * (6 - len(written)), [0] * 6], "int32")
    found = repeated_ngram_mask(padded, len(written), size, 9)
    assert np.flatnonzero(found[0]).tolist() == expected
    assert not found[1].any()


@pytest.mark.parametrize("method", ["greedy", "beam"])
def test_no_ngram_is_written_twice(method):
    keras.utils.set_random_seed(3)
    words = Vocabulary([f"word{number}" for number in range(6)])
    cell = EncoderConfig("gru", units=8, depth=1, bidirectional=True, dropout=0.0, clip_norm=1.0)
    model = build_seq2seq(words, words, 6, 6, cell, seed=3)
    model.logits.bias.assign(np.where(np.arange(words.trained_size) == END_ID, -100.0, 0.0))  # never ends by itself
    sizes = {"beam_size": 3, "length_penalty": 0.0} if method == "beam" else {}
    engine, decoder = KerasEngine(model), plugins.load("pipelines.decoding", method, "decoder")

    def pairs(**config):
        limits = {"method": method, "maximum_ratio": 3.0, "maximum_extra": 4}
        keys = build_config(DecodingConfig, {**limits, **sizes, **config}, "")
        written, _ = decoder.decode(engine, SOURCES, keys)
        best = written[:, 0]
        return [list(itertools.pairwise(row)) for row in (output[output > 0].tolist() for output in best)]

    assert any(len(set(row)) < len(row) for row in pairs())
    assert all(len(set(row)) == len(row) for row in pairs(no_repeat_ngram=2))


def test_a_single_word_may_always_come_again():
    with pytest.raises(ValueError, match="expected no_repeat_ngram of at least 2, got 1"):
        DecodingConfig(no_repeat_ngram=1)
