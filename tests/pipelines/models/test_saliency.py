"""The influence of words, against what small changes of their vectors do."""

import keras
import numpy as np
import pytest

from pipelines.models.classifier import build_classifier
from pipelines.models.config import EncoderConfig
from pipelines.models.saliency import word_influence
from pipelines.text.vocabulary import Vocabulary

TEXTS = np.array([[4, 5, 6, 7], [8, 9, 0, 0]], "int32")
LABELS = np.array([1, 0])


@pytest.fixture(scope="module", params=["last", "max", "attention"])
def model(request):
    cell = EncoderConfig("lstm", units=6, depth=1, bidirectional=True, dropout=0.3, clip_norm=1.0)
    keras.utils.set_random_seed(1)
    model = build_classifier(Vocabulary([f"word{n}" for n in range(8)]), 5, 2, cell, seed=1, pooling=request.param)
    vectors = model.get_layer("source_vectors").trained_vectors
    vectors.assign(np.random.default_rng(0).normal(size=vectors.shape))
    return model


def test_a_words_influence_is_what_scaling_its_vector_does(model):
    influence = word_influence(model, TEXTS, LABELS)
    table = model.get_layer("source_vectors").trained_vectors
    before, step = np.array(table), 1e-3
    for row in range(len(TEXTS)):
        for time, word in enumerate(TEXTS[row]):
            logits = []
            for scale in (1 + step, 1 - step):
                changed = before.copy()
                changed[word] *= scale
                table.assign(changed)
                logits.append(np.asarray(model(TEXTS))[row, LABELS[row]])
            table.assign(before)
            expected = (logits[0] - logits[1]) / (2 * step) if word else 0.0
            assert influence[row, time] == pytest.approx(expected, abs=2e-3)


def test_company_and_padding_change_no_influence(model):
    np.testing.assert_allclose(
        word_influence(model, TEXTS[1:, :2], LABELS[1:])[0], word_influence(model, TEXTS, LABELS)[1, :2], atol=1e-5
    )
