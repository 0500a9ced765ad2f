from itertools import product

import keras
import numpy as np
import pytest

from pipelines.layers import CRF, CRFLoss
from pipelines.layers.crf import log_partition_increments, scanned_increments

TAGS = 3
LENGTHS = [4, 2, 1]


@pytest.fixture
def layer():
    """A CRF in which tag 2 never follows tag 0, begins with no tag 1 and ends in no tag 2."""
    allowed = np.ones((TAGS + 1, TAGS + 1), bool)
    allowed[0, 2] = allowed[TAGS, 1] = allowed[2, TAGS] = False
    built = CRF(allowed.tolist())
    built.build((None, None, TAGS))
    built.transitions.assign(np.random.default_rng(2).normal(0, 1, (TAGS + 1, TAGS + 1)))
    return built


@pytest.fixture
def emissions():
    return np.random.default_rng(1).normal(0, 2, (3, 4, TAGS)).astype("float32")


@pytest.fixture
def mask():
    return np.arange(4) < np.array(LENGTHS)[:, None]


def score(layer, emissions, tags):
    """The score of a sequence, from the definition: emissions, transitions, beginning and end."""
    weights = np.where(layer.allowed, np.asarray(layer.transitions), -1e4)
    pairs = zip((TAGS, *tags), (*tags, TAGS), strict=True)
    return sum(emissions[step, tag] for step, tag in enumerate(tags)) + sum(weights[pair] for pair in pairs)


def log_likelihood(layer, emissions, tags):
    """log p(tags), the sum over all sequences by enumeration."""
    scores = [score(layer, emissions, each) for each in product(range(TAGS), repeat=len(tags))]
    return score(layer, emissions, tags) - np.logaddexp.reduce(scores)


def losses(layer, emissions, mask, tags):
    """The loss of each sentence: those of its real steps added up."""
    values = np.asarray(CRFLoss(reduction=None).call(tags, layer(emissions, mask=mask)))
    return (values * mask).sum(axis=1)


def test_the_loss_is_the_negative_log_likelihood_by_enumeration(layer, emissions, mask):
    tags = np.array([[0, 1, 2, 0], [2, 1, 0, 0], [0, 0, 0, 0]])
    expected = [-log_likelihood(layer, emissions[row], tuple(tags[row, :n])) for row, n in enumerate(LENGTHS)]
    np.testing.assert_allclose(losses(layer, emissions, mask, tags), expected, rtol=1e-5)


def test_a_forbidden_sequence_has_no_probability(layer, emissions, mask):
    for tags in ([0, 2, 1, 0], [1, 0, 0, 0], [0, 0, 1, 2]):
        assert losses(layer, emissions[:1], mask[:1], np.array([tags]))[0] > 5000


def test_the_gradients_are_those_of_finite_differences(layer, emissions, mask):
    import tensorflow as tf

    tags = np.array([[0, 1, 2, 0], [2, 1, 0, 0], [0, 0, 0, 0]])
    inputs = tf.Variable(emissions)
    with tf.GradientTape() as tape:
        values = CRFLoss(reduction=None).call(tags, layer(inputs, mask=mask))
        total = tf.reduce_sum(values * mask.astype("float32"))
    of_inputs, of_weights = tape.gradient(total, [inputs, layer.transitions.value])
    random = np.random.default_rng(3)
    for _ in range(5):
        for gradient, at in ((of_inputs, emissions), (of_weights, np.asarray(layer.transitions))):
            direction = random.normal(size=at.shape).astype("float32")
            ends = []
            for sign in (1, -1):
                moved = at + sign * 1e-2 * direction
                if at is emissions:
                    ends.append(losses(layer, moved, mask, tags).sum())
                else:
                    layer.transitions.assign(moved)
                    ends.append(losses(layer, emissions, mask, tags).sum())
                    layer.transitions.assign(at)
            np.testing.assert_allclose(np.sum(gradient * direction), (ends[0] - ends[1]) / 2e-2, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("shape", [(3, 4, TAGS), (1, 1, 1), (5, 9, 17), (40, 30, 33)], ids=str)  # one for all threads
def test_the_compiled_recursion_and_its_gradient_are_those_of_the_scan(shape):
    import tensorflow as tf

    random = np.random.default_rng(4)
    batch, time, tags = shape
    numbers = random.normal(0, 3, (*shape, tags)).astype("float32")
    numbers[random.random(numbers.shape) < 0.2] = -1e4
    numbers[:, 0] = numbers[:, 0, :1]
    weights = random.normal(size=(batch, time)).astype("float32")
    weights[:, time // 2 + 1 :] = 0
    first = np.where(np.arange(tags) == 0, 0, -1e4).astype("float32")
    found = []
    for of_chain in (log_partition_increments, lambda potentials: scanned_increments(potentials, first)):
        potentials = tf.constant(numbers)
        with tf.GradientTape() as tape:
            tape.watch(potentials)
            increments = of_chain(potentials)
            total = tf.reduce_sum(increments * weights)
        found.append([np.asarray(each) for each in (increments, tape.gradient(total, potentials))])
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-4, atol=1e-5)
    assert np.abs(found[0][1]).max() > 0.1


def test_the_gradients_of_padding_are_zero(layer, emissions, mask):
    import tensorflow as tf

    tags, inputs = np.zeros((3, 4), int), tf.Variable(emissions)
    with tf.GradientTape() as tape:
        values = CRFLoss(reduction=None).call(tags, layer(inputs, mask=mask))
        total = tf.reduce_sum(values * mask.astype("float32"))
    assert not np.asarray(tape.gradient(total, inputs))[~mask].any()


def test_padding_and_company_do_not_change_the_loss(layer, emissions, mask):
    tags = np.array([[0, 1, 2, 0], [2, 1, 0, 0], [0, 0, 0, 0]])
    together = losses(layer, emissions, mask, tags)
    for row, length in enumerate(LENGTHS):
        alone = (emissions[row : row + 1, :length], mask[row : row + 1, :length], tags[row : row + 1, :length])
        np.testing.assert_allclose(losses(layer, *alone), together[row], rtol=1e-5)


def test_in_mixed_precision_scores_stay_in_float32(emissions, mask):
    layer = CRF(np.ones((TAGS + 1, TAGS + 1), bool).tolist(), dtype="mixed_bfloat16")
    potentials = layer(keras.ops.cast(emissions, "bfloat16"), mask=mask)
    assert keras.backend.standardize_dtype(potentials.dtype) == "float32"


def test_it_trains_with_keras_own_choice_of_compilation(emissions):
    inputs = keras.Input((None, TAGS))
    model = keras.Model(inputs, CRF([[True] * (TAGS + 1)] * (TAGS + 1))(keras.layers.Dense(TAGS)(inputs)))
    model.compile("adam", CRFLoss())
    losses = [model.train_on_batch(emissions, np.zeros((3, 4), int)) for _ in range(5)]
    assert losses[-1] < losses[0]
    assert not model.jit_compile


def test_without_a_mask_all_steps_are_real(layer, emissions):
    np.testing.assert_array_equal(layer(emissions), layer(emissions, mask=np.ones((3, 4), bool)))


def test_a_saved_crf_loads_in_safe_mode_and_gives_the_same(layer, emissions, tmp_path):
    inputs = keras.Input((None, TAGS))
    model = keras.Model(inputs, layer(inputs))
    model.compile("sgd", CRFLoss())
    model.save(tmp_path / "crf.keras")
    loaded = keras.saving.load_model(tmp_path / "crf.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded.predict_on_batch(emissions), model.predict_on_batch(emissions))
    assert isinstance(loaded.loss, CRFLoss)


def test_wrong_sizes_are_told():
    with pytest.raises(ValueError, match="must be square"):
        CRF([[True, True]])
    with pytest.raises(ValueError, match="must hold 2 tags"):
        CRF([[True] * 3] * 3).build((None, None, 5))
