"""Adam with compiled updates is Keras's Adam, bit by bit, but for the order in which a norm is added up."""

import keras
import numpy as np
import pytest

from pipelines.models.adam import compile_updates, rows_of
from pipelines.models.tracing import trace_once, training_step

FAR = 1000.0  # a norm that no gradient here has
WORDS, DIMENSIONS = 2700, 101  # a table that two threads share out, in blocks of which the last is not whole


def model(optimizer):
    """Word vectors, of which a batch reads few, a matrix and a bias."""
    keras.utils.set_random_seed(1)
    tokens = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(WORDS, DIMENSIONS, mask_zero=True, name="vectors")(tokens)
    built = keras.Model(tokens, keras.layers.Dense(3)(vectors))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    optimizer.build(built.trainable_variables)
    built.compile(optimizer, loss, jit_compile=False)
    return built


def batches():
    random = np.random.default_rng(1)
    for time in (5, 1, 9, 4):
        tokens = random.integers(1, WORDS, (6, time), dtype="int32")
        tokens[3:] = tokens[:3, ::-1]  # words that a batch repeats
        yield tokens, tokens % 3, np.ones(tokens.shape, "float32")


def trained(optimizer, step_of):
    """Losses, and all that training changes."""
    built = model(optimizer)
    trace_once(built)
    step = step_of(built)
    losses = [step(*batch) for batch in batches()]
    return losses, [np.array(variable) for variable in [*built.variables, *optimizer.variables]]


def keras_step(built):
    return lambda tokens, tags, weights: float(built.train_on_batch(tokens, tags, sample_weight=weights))


@pytest.mark.parametrize(
    "settings",
    [
        {"learning_rate": 0.003, "global_clipnorm": FAR},
        {"learning_rate": 0.05, "global_clipnorm": 0.01},
        {
            "learning_rate": keras.optimizers.schedules.CosineDecay(0.01, 4),
            "global_clipnorm": 1.0,
            "use_ema": True,
            "ema_momentum": 0.9,
        },
    ],
    ids=["far from clipped", "clipped", "schedule and average"],
)
def test_losses_weights_and_moments_are_those_of_keras(settings):
    ours = keras.optimizers.Adam(**settings)
    compile_updates(ours)
    assert "_backend_update_step" in vars(ours)
    losses, variables = trained(ours, training_step)
    expected_losses, expected = trained(keras.optimizers.Adam(**settings), keras_step)
    exact = settings["global_clipnorm"] == FAR  # else gradients are scaled by their norm
    np.testing.assert_allclose(losses, expected_losses, rtol=0 if exact else 1e-6)
    for got, wanted in zip(variables, expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=0 if exact else 1e-5, atol=0 if exact else 1e-6)


def test_the_gradient_of_a_repeated_row_is_the_sum_in_its_order():
    values = np.array([[1, 10], [1e8, 20], [-1e8, 30], [4, 40]], "float32")
    places, rows = rows_of(values, np.array([2, 0, 0, 2], "int32"), np.zeros((4, 2), "float32"))
    np.testing.assert_array_equal(places, [1, -1, 0, -1])
    np.testing.assert_array_equal(rows, [[5, 50], [0, 50]])
    places, rows = rows_of(values, np.zeros(0, "float32"), np.zeros((4, 2), "float32"))
    np.testing.assert_array_equal(rows[places], values)


def test_what_is_not_trained_at_first_keeps_its_moments():
    optimizer = keras.optimizers.Adam(0.01, global_clipnorm=1.0)
    compile_updates(optimizer)
    built = model(optimizer)
    built.get_layer("vectors").trainable = False
    built.compile(optimizer, built.loss, jit_compile=False)
    before = built.get_layer("vectors").get_weights()[0]
    step = training_step(built)
    for batch in batches():
        step(*batch)
    np.testing.assert_array_equal(built.get_layer("vectors").get_weights()[0], before)
    assert not np.any(optimizer._momentums[0])
    assert np.any(optimizer._momentums[1])


@pytest.mark.parametrize(
    "optimizer",
    [
        keras.optimizers.SGD(0.1, global_clipnorm=1.0),
        keras.optimizers.Adam(0.1, global_clipnorm=1.0, amsgrad=True),
        keras.optimizers.Adam(0.1),
    ],
)
def test_other_optimisers_stay_as_they_are(optimizer):
    compile_updates(optimizer)
    assert "_backend_update_step" not in vars(optimizer)
