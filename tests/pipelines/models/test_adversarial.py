"""Adversarial training, with numbers worked out by hand."""

import keras
import numpy as np
import pytest
from conformance_cases import build, cell_config, task_config

from embeddings.foundation.errors import InputError
from pipelines.models.adversarial import adversarial_step, move
from pipelines.models.config import CharacterConfig
from pipelines.models.tracing import training_step


def test_a_move_is_a_share_of_the_norm_of_an_example():
    vectors = np.array([[[3.0, 4.0], [0, 0]], [[6.0, 8.0], [0, 0]]], "float32")
    gradient = np.array([[[0.0, 0.2], [0, 0]], [[30.0, 0], [0, 0]]], "float32")
    np.testing.assert_allclose(move(vectors, gradient, 0.1), [[[0, 0.5], [0, 0]], [[1.0, 0], [0, 0]]], rtol=1e-6)
    assert not np.asarray(move(vectors, np.zeros_like(gradient), 0.1)).any()


def test_a_step_descends_the_mean_of_both_losses_by_hand():
    columns = keras.Input((None, 1))
    pooled = keras.layers.GlobalAveragePooling1D()(columns)
    model = keras.Model(columns, keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")(pooled))
    model.compile(keras.optimizers.SGD(0.01), keras.losses.MeanSquaredError(reduction="mean_with_sample_weight"))
    x, y = np.array([[[3.0], [4.0]]], "float32"), np.zeros((1, 1), "float32")
    learn = training_step(model, adversarial_step(model, 2**0.5 / 5))
    # The output is w (3 + 4) / 2 = 3.5. Both columns have the same gradient, so both move by 5 * share / sqrt(2) = 1,
    # and the output is 4.5. By w the losses have the gradients 2 * 3.5 * 3.5 and 2 * 4.5 * 4.5, whose mean is 32.5.
    assert learn(x, y, np.ones(1, "float32")) == pytest.approx(3.5**2)
    assert model.get_weights()[0].item() == pytest.approx(1 - 0.01 * 32.5, rel=1e-5)


CASES = {
    "sentiment": {"pooling": "max"},
    "ner": {"output": "crf", "characters": CharacterConfig("cnn", dimensions=5, units=6)},
    "column_classification": {},
}


@pytest.mark.parametrize("name", CASES)
def test_without_a_move_a_step_is_a_plain_step(name, trained_by):
    np.testing.assert_allclose(trained_by(name, 1e-9), trained_by(name, None), atol=5e-6)
    assert not np.allclose(trained_by(name, 0.5), trained_by(name, None), atol=1e-3)


@pytest.fixture
def trained_by(ten_examples, ten_entity_examples, small_vectors):
    """The weights of a task's model after three steps with a share, or after three of Keras."""

    def trained(name, share):
        keras.utils.set_random_seed(1)
        examples = ten_entity_examples if name == "ner" else ten_examples
        task, model = build(task_config(name, **CASES[name]), cell_config("lstm", True), small_vectors, examples)
        encoded = [task.encode(example) for example in examples]
        model.compile(keras.optimizers.SGD(0.5), task.loss(encoded))
        learn = training_step(model, adversarial_step(model, share) if share else None)
        for batch in task.batches(encoded, 4, 1).epoch():
            learn(*batch)
        model.get_config()  # it can be saved
        return np.concatenate([np.ravel(weight) for weight in model.get_weights()])

    return trained


def test_another_backend_is_refused(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(InputError, match="expected Keras on TensorFlow, got jax"):
        adversarial_step(None, 0.1)
