"""Dynamic evaluation: a language model is trained on each segment of a text after scoring it."""

from collections.abc import Sequence

import keras
import numpy as np

from pipelines.models.config import DynamicEvaluationConfig
from pipelines.models.language_model import LanguageModel, Reader
from pipelines.models.reading import log_probabilities_of
from pipelines.models.tracing import trace_once


def dynamic_log_probabilities(
    model: LanguageModel, texts: Sequence[np.ndarray], config: DynamicEvaluationConfig
) -> list[np.ndarray]:
    """The log-probability of each token but the first, by a model that has learned from all segments before.

    A segment is scored, and only then learned from, by a step down the gradient of its mean loss. No token is scored
    by weights that have seen it. Each text begins with the trained weights, so that texts do not depend on each
    other; the model itself stays as it is.

    Args:
        model: a trained `LanguageModel`.
        texts: ids of each text, `<bos>` first, int32 (1 + tokens,).
        config: the rate, and how many tokens a segment has.

    Returns:
        In nats, float64 (tokens,), for each text.

    Reference: Mikolov et al., "Recurrent neural network based language model", Interspeech 2010, section 2 ("dynamic"
    models); Krause, Kahembwe, Murray & Renals, "Dynamic Evaluation of Neural Sequence Models", ICML 2018, section 3.
    """
    learner = _learner(model, config.learning_rate)
    reader = Reader(learner)
    trace_once(reader)
    trained = [np.array(variable) for variable in model.trainable_variables]  # a step frees those that JAX would share
    found = []
    for text in texts:
        for variable, weights in zip(learner.trainable_variables, trained, strict=True):
            variable.assign(weights)
        found.append(_scored(learner, reader, text, config.segment_tokens))
    return found


def _learner(model: LanguageModel, learning_rate: float) -> LanguageModel:
    """A model of one row with the weights of another, that leaves nothing out where it learns."""
    whole = model.cell.without_dropout().flat()
    learner = LanguageModel.from_config({**model.get_config(), "cell": whole, "rows": 1})
    learner.build()
    learner.source_vectors.set_weights(model.source_vectors.get_weights())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    optimizer = keras.optimizers.SGD(learning_rate, global_clipnorm=1.0)
    learner.compile(optimizer, loss, jit_compile=keras.backend.backend() == "jax")
    trace_once(learner)
    return learner


def _scored(learner: LanguageModel, reader: Reader, text: np.ndarray, segment_tokens: int) -> np.ndarray:
    """The log-probabilities of one text's tokens."""
    found = []
    states = [np.zeros((1, state.shape[1]), "float32") for state in learner.carried]
    for start in range(0, len(text) - 1, segment_tokens):
        before, after = text[start : start + segment_tokens][None], text[start + 1 : start + segment_tokens + 1]
        before = before[:, : len(after)]
        logits, states = reader.predict_on_batch((before, states))
        found.append(log_probabilities_of(logits[0], after))
        goes_on = np.array([[int(start > 0)]], "int32")  # the learner carries the same states in its variables
        learner.train_on_batch((before, goes_on), after[None], np.ones_like(before, "float32"))
    return np.concatenate(found)
