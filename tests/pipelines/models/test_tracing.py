"""One TensorFlow trace serves batches of every shape, and changes no number."""

import keras
import numpy as np
import pytest

from pipelines.cells.simple_rnn.layer import SimpleRNN
from pipelines.models.tracing import compile_model, trace_once, training_step

SHAPES = [(3, 4), (3, 5), (2, 5), (1, 1)]
TRACES: list[tuple] = []


class Counting(keras.layers.Layer):
    """Doubles its input and notes each trace."""

    supports_masking = True

    def call(self, inputs):
        TRACES.append(tuple(inputs.shape))
        return inputs * 2


def model(loop=keras.layers.SimpleRNN):
    keras.utils.set_random_seed(1)
    tokens = keras.Input((None,), dtype="int32")
    outputs = loop(3, return_sequences=True)(keras.layers.Embedding(9, 2, mask_zero=True)(tokens))
    built = keras.Model(tokens, keras.layers.Dense(2)(Counting()(outputs)))
    built.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return built


def results(built):
    random = np.random.default_rng(1)
    for shape in SHAPES:
        tokens = random.integers(1, 9, shape, dtype="int32")
        yield built.train_on_batch(tokens, tokens % 2, sample_weight=np.ones(shape, "float32"))
        yield built.predict_on_batch(tokens)


def test_each_step_is_traced_once_and_gives_what_keras_gives():
    expected = list(results(model()))
    traced = model()
    trace_once(traced)
    TRACES.clear()
    for got, wanted in zip(results(traced), expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-6, atol=1e-7)  # TensorFlow may fuse other operations
    assert TRACES.count((None, None, 3)) == 2


@pytest.mark.parametrize("loop", [keras.layers.SimpleRNN, SimpleRNN], ids=["Keras's own", "compiled"])
def test_a_step_called_as_an_operation_gives_what_keras_gives(loop):
    """Keras's own loop has branches and an unknown number of turns, which not every executor can run."""
    ours, theirs = model(loop), model(loop)
    step, random = training_step(ours), np.random.default_rng(1)
    for shape in SHAPES:
        tokens, weights = random.integers(1, 9, shape, dtype="int32"), random.random(shape, "float32")
        expected = theirs.train_on_batch(tokens, tokens % 2, sample_weight=weights)
        assert abs(step(tokens, tokens % 2, weights) - expected) < 1e-6
    for got, wanted in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


def test_a_traced_prediction_stays_where_a_model_is_compiled_anew():
    built = model()
    trace_once(built)
    TRACES.clear()
    tokens = np.array([[1, 2, 3], [4, 5, 0]], "int32")
    before = built.predict_on_batch(tokens)
    compile_model(built, optimizer="sgd", loss=built.loss)
    np.testing.assert_array_equal(built.predict_on_batch(tokens), before)
    built.train_on_batch(tokens, tokens % 2, sample_weight=np.ones(tokens.shape, "float32"))
    assert np.abs(built.predict_on_batch(tokens) - before).max() > 0
    assert TRACES.count((None, None, 3)) == 2
