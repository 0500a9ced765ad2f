"""What the tests of recurrent layers share: sequences, their masks, and what a layer makes of them."""

import keras
import numpy as np
import pytest

BATCH, TIME = 5, 7
# Gradients are taken with TensorFlow's tape.
collect_ignore_glob = [] if keras.backend.backend() == "tensorflow" else ["test_*.py"]


@pytest.fixture(scope="session")
def masks():
    """Masks (5, 7) by name; of the padded one the rows have 7, 3, 1, 5 and 0 real steps."""
    arbitrary = np.random.default_rng(3).random((BATCH, TIME)) < 0.6
    arbitrary[1, :2] = arbitrary[2, 2:4] = False
    arbitrary[3] = False
    return {
        "unmasked": None,
        "right-padded": np.arange(TIME) < np.array([[7], [3], [1], [5], [0]]),
        "arbitrary": arbitrary,
    }


@pytest.fixture(scope="session")
def draw():
    """Normal numbers of a shape, float32, the same ones for the same seed."""

    def normal(*shape, seed=0, deviation=1.0):
        return (np.random.default_rng(seed).normal(size=shape) * deviation).astype("float32")

    return normal


@pytest.fixture(scope="session")
def randomised(draw):
    """Builds a layer for some features and gives all its weights, biases too, random values."""

    def build(layer, features, seed=11):
        if not layer.built:
            layer.build((None, None, features))
        shapes = [weight.shape for weight in layer.trainable_weights]
        layer.set_weights([draw(*shape, seed=seed + n, deviation=0.4) for n, shape in enumerate(shapes)])
        return layer

    return build


@pytest.fixture(scope="session")
def outcome(draw):
    """What a layer makes of sequences: outputs and states, and the gradients of a random linear loss of them.

    The gradients are those of the sequences, of the initial states and of the weights, in this order. The loss
    weighs each number that the layer returns with `draw(*shape, seed=100 + n)`, n its place among the results.
    """
    import tensorflow as tf

    def run(layer, sequences, states=(), mask=None, training=False):
        sequences, states = tf.constant(sequences), [tf.constant(state) for state in states]
        mask = None if mask is None else tf.constant(mask)
        with tf.GradientTape() as tape:
            tape.watch([sequences, *states])
            results = layer(sequences, initial_state=states or None, mask=mask, training=training)
            results = list(results) if isinstance(results, list | tuple) else [results]
            weighted = [tf.cast(one, "float32") * draw(*one.shape, seed=100 + n) for n, one in enumerate(results)]
            loss = tf.add_n([tf.reduce_sum(part) for part in weighted])
        variables = [weight.value for weight in layer.trainable_weights]
        gradients = tape.gradient(loss, [sequences, *states, *variables])
        return [result.numpy() for result in results], [np.asarray(gradient) for gradient in gradients]

    return run


@pytest.fixture(scope="session")
def assert_near():
    """Arrays are near: each differs by a share of its largest number, if one is given, or by 1e-5."""

    def compare(got, expected, share=None):
        assert len(got) == len(expected)
        for number, (one, other) in enumerate(zip(got, expected, strict=True)):
            tolerance = 1e-5 if share is None else share * max(np.abs(other).max(initial=0), 1e-6)
            np.testing.assert_allclose(one, other, rtol=0, atol=tolerance, err_msg=f"array {number}")

    return compare
