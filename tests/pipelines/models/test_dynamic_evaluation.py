"""Dynamic evaluation: a text is scored by weights that have learned from what stands before, and from nothing else."""

import numpy as np
import pytest
import tensorflow as tf

from embeddings.foundation import plugins
from pipelines.models.config import DynamicEvaluationConfig, EncoderConfig
from pipelines.models.dynamic_evaluation import dynamic_log_probabilities
from pipelines.models.language_model import build_language_model
from pipelines.models.reading import log_probabilities
from pipelines.runs.engines.keras_engine import KerasEngine
from pipelines.text.vocabulary import BEGIN_ID, Vocabulary

VOCABULARY = Vocabulary("abcdefgh")
TEXTS = [np.array([BEGIN_ID, *ids], "int32") for ids in ([4, 5, 6, 7, 8, 9, 4, 4, 11, 10, 5], [7], [9, 4, 10, 11])]


def model_of(cell="lstm", dropout=0.0, tied_embeddings=False):
    config = EncoderConfig(cell, units=5, depth=2, bidirectional=False, dropout=dropout, clip_norm=1.0)
    model = build_language_model(VOCABULARY, 3, tied_embeddings, config, rows=4, seed=1)
    draws = np.random.default_rng(0)
    for weight in model.trainable_weights:
        weight.assign(draws.normal(0, 0.7, weight.shape))
    return model


def reference(model, text, rate, segment):
    """The definition, step by step: score a segment, then go down the gradient of its mean loss, states kept."""
    before = [np.array(weight) for weight in model.trainable_variables]
    states, found = [tf.zeros((1, state.shape[1])) for state in model.carried], []
    for start in range(0, len(text) - 1, segment):
        after = text[start + 1 : start + segment + 1]
        with tf.GradientTape() as tape:
            logits, states = model.read(tf.constant(text[None, start : start + len(after)]), states, training=False)
            values = tf.gather(tf.nn.log_softmax(logits[0]), after, batch_dims=1)
            loss = -tf.reduce_mean(values)
        found.append(values.numpy())
        variables = [variable.value for variable in model.trainable_variables]
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), 1.0)
        for variable, gradient in zip(model.trainable_variables, gradients, strict=True):
            variable.assign(variable - rate * tf.convert_to_tensor(gradient))
    for variable, value in zip(model.trainable_variables, before, strict=True):
        variable.assign(value)
    return np.concatenate(found)


@pytest.mark.parametrize("tied_embeddings", [False, True])
@pytest.mark.parametrize("cell", plugins.names("pipelines.cells"))
def test_a_text_gets_the_scores_of_the_definition(cell, tied_embeddings):
    model, rate, segment = model_of(cell, tied_embeddings=tied_embeddings), 0.5, 3
    found = dynamic_log_probabilities(model, TEXTS, DynamicEvaluationConfig(rate, segment))
    for text, values in zip(TEXTS, found, strict=True):
        np.testing.assert_allclose(values, reference(model, text, rate, segment), atol=1e-4)


def test_the_first_segment_is_scored_by_the_trained_weights_and_later_ones_are_not():
    model = model_of()
    static = log_probabilities(KerasEngine(model), TEXTS, 4)[0]
    found = dynamic_log_probabilities(model, TEXTS, DynamicEvaluationConfig(1.0, 4))[0]
    np.testing.assert_allclose(found[:4], static[:4], atol=1e-5)
    assert np.abs(found[4:] - static[4:]).min() > 1e-4


def test_texts_do_not_depend_on_each_other_and_the_model_stays_as_it_is():
    model, config = model_of(), DynamicEvaluationConfig(1.0, 2)
    before = [np.array(weight) for weight in model.weights]
    together = dynamic_log_probabilities(model, TEXTS, config)
    alone = [dynamic_log_probabilities(model, [text], config)[0] for text in reversed(TEXTS)][::-1]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one, other)
    for weight, values in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight, values)


def test_dropout_of_training_is_left_out():
    config = DynamicEvaluationConfig(1.0, 2)
    plain, dropping = (dynamic_log_probabilities(model_of(dropout=share), TEXTS, config) for share in (0.0, 0.5))
    np.testing.assert_array_equal(np.concatenate(plain), np.concatenate(dropping))


def test_a_text_that_repeats_itself_is_foretold_better():
    model, text = model_of(), np.array([BEGIN_ID, *[4, 5, 6, 7] * 60], "int32")
    static = log_probabilities(KerasEngine(model), [text], 8)[0]
    dynamic = dynamic_log_probabilities(model, [text], DynamicEvaluationConfig(0.5, 8))[0]
    assert dynamic[-40:].mean() > static[-40:].mean() + 1


@pytest.mark.parametrize(
    ("values", "told"),
    [((0.0, 5), "learning_rate above 0, got 0.0"), ((0.1, 0), "segment_tokens of at least 1, got 0")],
)
def test_a_rate_or_a_segment_of_nothing_is_refused(values, told):
    with pytest.raises(ValueError, match=told):
        DynamicEvaluationConfig(*values)
