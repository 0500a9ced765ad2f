"""What an encoder-decoder attends to, and the output layer that it shares with the target words."""

import numpy as np
import pytest

from pipelines.decoding.alignment import alignment
from pipelines.models.config import EncoderConfig
from pipelines.models.seq2seq import build_seq2seq
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.text.vocabulary import BEGIN_ID, Vocabulary

WORDS = Vocabulary([f"word{number}" for number in range(12)])
SOURCES = np.array([[4, 5, 6, 7], [8, 9, 0, 0]], "int32")
BEFORE = np.array([[BEGIN_ID, 5, 9], [BEGIN_ID, 7, 4]], "int32")
CELL = EncoderConfig("gru", units=8, depth=2, bidirectional=True, dropout=0.3, clip_norm=1.0)


def build(cell=CELL, **switches):
    return build_seq2seq(WORDS, WORDS, 6, 6, cell, seed=3, **switches)


@pytest.mark.parametrize("fed", [False, True])
@pytest.mark.parametrize("attention", ["multiplicative", "additive"])
def test_the_weights_of_a_target_word_are_of_real_source_words_and_add_up_to_one(attention, fed):
    weights = alignment(KerasEngine(build(attention=attention, input_feeding=fed)), SOURCES, BEFORE)
    assert weights.shape == (2, 3, 4)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-6)
    assert not weights[1, :, 2:].any()
    assert (weights[0] > 0).all()


@pytest.mark.parametrize("cell", ["lstm", "sru"])
def test_what_is_fed_back_changes_what_comes_after_and_nothing_before(cell):
    model = build(EncoderConfig(cell, 8, 1, False, 0.0, 1.0), input_feeding=True)
    before = np.asarray(model((SOURCES, BEFORE)))
    model.combine.bias.assign(model.combine.bias + 0.5)
    shifted = alignment(KerasEngine(model), SOURCES, BEFORE)
    model.combine.bias.assign(model.combine.bias - 0.5)
    plain = alignment(KerasEngine(model), SOURCES, BEFORE)
    np.testing.assert_allclose(shifted[:, 0], plain[:, 0], atol=1e-6)  # nothing was fed to the first step
    assert np.abs(shifted[:, 1:] - plain[:, 1:]).max() > 1e-5
    np.testing.assert_allclose(np.asarray(model((SOURCES, BEFORE))), before, atol=1e-6)


def test_tied_embeddings_are_the_rows_of_the_output_layer():
    model, apart = build(tied_embeddings=True), build()
    names = {weight.path.split("/")[-2] for weight in model.weights}
    assert "logits" not in names
    assert "logits" in {weight.path.split("/")[-2] for weight in apart.weights}
    logits = np.asarray(model((SOURCES, BEFORE)))
    vectors = np.array(model.target_vectors.trained_vectors)
    vectors[11] *= 2  # a word that stands in no input: its logit alone doubles
    model.target_vectors.trained_vectors.assign(vectors)
    changed = np.asarray(model((SOURCES, BEFORE)))
    np.testing.assert_allclose(changed[..., 11], 2 * logits[..., 11], atol=1e-5)
    np.testing.assert_allclose(np.delete(changed, 11, axis=-1), np.delete(logits, 11, axis=-1), atol=1e-6)


def test_a_model_without_attention_tells_no_alignment():
    with pytest.raises(ValueError, match="expected a model with attention"):
        alignment(KerasEngine(build(attention="none")), SOURCES, BEFORE)


def test_sampled_words_are_those_the_model_writes_after_the_real_ones():
    model = build(scheduled_sampling=0.5)
    logits = np.asarray(model((SOURCES, BEFORE)))
    written = logits.argmax(axis=-1)
    model.sampled_share.assign(1.0)
    mixed = np.asarray(model._sampled(BEFORE, logits))
    assert mixed[:, 0].tolist() == [BEGIN_ID, BEGIN_ID]
    np.testing.assert_array_equal(mixed[:, 1:], written[:, :-1])
    model.sampled_share.assign(0.0)
    np.testing.assert_array_equal(np.asarray(model._sampled(BEFORE, logits)), BEFORE)


def test_padding_is_never_sampled():
    model = build(scheduled_sampling=0.5)
    model.sampled_share.assign(1.0)
    before = np.array([[BEGIN_ID, 5, 0], [BEGIN_ID, 0, 0]], "int32")
    mixed = np.asarray(model._sampled(before, np.asarray(model((SOURCES, before)))))
    assert (mixed[before == 0] == 0).all()


def test_a_share_of_half_replaces_half_of_the_words():
    model = build(scheduled_sampling=0.5)
    model.sampled_share.assign(0.5)
    before = np.full((40, 50), 5, "int32")
    logits = np.zeros((40, 50, 16), "float32")
    logits[..., 9] = 1
    mixed = np.asarray(model._sampled(before, logits))[:, 1:]
    assert set(np.unique(mixed)) == {5, 9}
    assert abs((mixed == 9).mean() - 0.5) < 0.05  # 1960 draws: 4.4 standard deviations


def test_training_alone_reads_sampled_words():
    model = build(EncoderConfig("gru", 8, 1, True, 0.0, 1.0), scheduled_sampling=0.5)
    predicted, trained = (np.asarray(model((SOURCES, BEFORE), training=training)) for training in (False, True))
    np.testing.assert_allclose(predicted, trained, atol=1e-6)
    model.sampled_share.assign(1.0)
    np.testing.assert_array_equal(np.asarray(model((SOURCES, BEFORE), training=False)), predicted)
    sampled = np.asarray(model((SOURCES, BEFORE), training=True))
    np.testing.assert_allclose(sampled[:, 0], predicted[:, 0], atol=1e-6)  # the first word begins the text
    assert np.abs(sampled[:, 1:] - predicted[:, 1:]).max() > 1e-4
