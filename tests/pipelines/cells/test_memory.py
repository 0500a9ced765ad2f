"""What a recurrent layer once gave stays as it is, whatever runs after it or beside it."""

import gc
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
import tensorflow as tf

from embeddings.foundation import plugins

FEATURES = UNITS = 6
NAMES = plugins.names("pipelines.cells")


@pytest.fixture(params=NAMES)
def layer(request, randomised):
    return randomised(plugins.load("pipelines.cells", request.param, "layer").layer(UNITS, "recurrent", 7), FEATURES)


@pytest.mark.parametrize("training", [False, True])
def test_later_batches_do_not_write_over_earlier_results(layer, draw, training):
    held, copies = [], []
    for number in range(30):
        outputs, *last = layer(draw(9, 7, FEATURES, seed=number), training=training)
        # Once as a tensor, once as an array without its tensor, once as a part of such an array.
        held += [outputs, last[0].numpy(), outputs.numpy()[2:, 1]]
        copies += [np.array(part) for part in held[-3:]]
        del outputs, last
        gc.collect(0)
    for one, copy in zip(held, copies, strict=True):
        np.testing.assert_array_equal(one, copy)


def test_later_steps_do_not_write_over_what_a_gradient_needs(layer, draw):
    sequences = [tf.constant(draw(9, 7, FEATURES, seed=number)) for number in range(5)]

    def step(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(tf.square(layer(x, training=True)[0]))
        return lambda: tape.gradient(loss, x).numpy()

    expected = [step(x)() for x in sequences]
    waiting = [step(x) for x in sequences]
    got = [gradient() for gradient in waiting[::-1]][::-1]
    np.testing.assert_array_equal(got, expected)


def test_the_arguments_of_a_layer_are_left_as_they_are(layer, draw):
    sequences, states = tf.constant(draw(9, 7, FEATURES)), [tf.constant(draw(9, UNITS)) for _ in layer.state_size]
    weights = layer.get_weights()
    with tf.GradientTape() as tape:
        tape.watch([sequences, *states])
        loss = tf.reduce_sum(layer(sequences, initial_state=states, training=True)[0])
    tape.gradient(loss, [sequences, *states])
    for one, other in zip([sequences, *states], [draw(9, 7, FEATURES)] + [draw(9, UNITS)] * len(states), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(layer.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_threads_that_share_a_layer_get_what_each_would_get_alone(layer, draw, masks):
    batches = [tf.constant(draw(5 + 4 * number, 7, FEATURES, seed=number)) for number in range(8)]
    call = tf.function(lambda x: layer(x, training=False)[0], input_signature=[tf.TensorSpec((None, None, FEATURES))])
    expected = [call(batch).numpy() for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        for got in (list(pool.map(call, batches)) for _ in range(5)):
            for one, other in zip(got, expected, strict=True):
                np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", NAMES)
def test_both_directions_at_once_train_to_the_same_weights_each_time(name, draw):
    def trained():
        keras.utils.set_random_seed(1)
        inputs = keras.Input((None, FEATURES))
        layer = plugins.load("pipelines.cells", name, "layer").layer(UNITS, "recurrent", 7)
        outputs = keras.layers.Bidirectional(layer)(keras.layers.Masking()(inputs))[0]
        model = keras.Model(inputs, keras.layers.Dense(1)(outputs))
        model.compile("sgd", "mse", jit_compile=False)
        for number in range(5):
            model.train_on_batch(draw(33, 12, FEATURES, seed=number), draw(33, 12, 1, seed=number))
        return model.get_weights()

    for one, other in zip(trained(), trained(), strict=True):
        np.testing.assert_array_equal(one, other)
