"""What may not change a recurrent layer's numbers: padding, company, direction, where a sequence is cut."""

import numpy as np
import pytest
import tensorflow as tf

from embeddings.foundation import plugins

FEATURES, UNITS = 6, 5
NAMES = plugins.names("pipelines.cells")
LENGTHS = np.array([7, 3, 1, 5, 2, 7, 4, 6, 3])


def real(lengths, time=None):
    """The mask of right-padded sequences."""
    return np.arange(time or max(lengths)) < np.asarray(lengths)[:, None]


@pytest.fixture(params=[(name, width) for name in NAMES for width in (UNITS, FEATURES)], ids=lambda p: f"{p[0]}-{p[1]}")
def factory(request):
    """Makes a layer of a name, half of the time as wide as its input."""
    name, width = request.param
    return lambda: plugins.load("pipelines.cells", name, "layer").layer(width, "recurrent", 7)


@pytest.fixture
def layer(factory, randomised):
    return randomised(factory(), FEATURES)


@pytest.fixture
def states(layer, draw):
    """Initial states of so many rows."""
    return lambda batch: [draw(batch, layer.units, seed=40 + n) for n in range(len(layer.state_size))]


@pytest.mark.parametrize("training", [False, True])
def test_more_padding_changes_nothing_at_real_steps_nor_the_states(layer, states, draw, training, assert_near):
    short, mask = draw(9, 7, FEATURES), real(LENGTHS)
    padded = np.concatenate([short, 99 * draw(9, 6, FEATURES, seed=1)], axis=1)
    plain, *last = layer(short, initial_state=states(9), mask=mask, training=training)
    longer, *last_longer = layer(padded, initial_state=states(9), mask=real(LENGTHS, 13), training=training)
    assert_near([longer.numpy()[:, :7][mask], *last_longer], [plain.numpy()[mask], *last])


def test_padding_has_no_gradient_and_changes_none(layer, states, draw, outcome, assert_near):
    layer.return_sequences = False
    short = draw(9, 7, FEATURES)
    padded = np.concatenate([short, 99 * draw(9, 6, FEATURES, seed=1)], axis=1)
    _, expected = outcome(layer, short, states(9), real(LENGTHS), training=True)
    _, got = outcome(layer, padded, states(9), real(LENGTHS, 13), training=True)
    assert (got[0][~real(LENGTHS, 13)] == 0).all()
    assert_near([got[0][:, :7], *got[1:]], expected, share=1e-4)


@pytest.mark.parametrize("batch", [1, 3, 9, 33])
def test_a_batch_gives_what_its_examples_give_alone(layer, states, draw, assert_near, batch):
    sequences, mask = draw(batch, 7, FEATURES), real(np.resize(LENGTHS, batch), 7)
    before = states(batch)
    together = layer(sequences, initial_state=before, mask=mask, training=True)
    for row in range(batch):
        part = slice(row, row + 1)
        alone = layer(sequences[part], initial_state=[state[part] for state in before], mask=mask[part], training=True)
        assert_near([result[part] for result in together], alone)


@pytest.mark.parametrize("batch", [3, 33])
def test_gradients_of_a_batch_are_the_sum_of_those_of_its_examples(layer, draw, assert_near, batch):
    sequences, mask = draw(batch, 7, FEATURES), real(np.resize(LENGTHS, batch), 7)

    def gradients(rows):
        with tf.GradientTape() as tape:
            outputs, *last = layer(sequences[rows], mask=mask[rows], training=True)
            loss = tf.reduce_sum(outputs * draw(*outputs.shape[1:])) + tf.reduce_sum(tf.square(last[0]))
        return tape.gradient(loss, [weight.value for weight in layer.trainable_weights])

    alone = [gradients(slice(row, row + 1)) for row in range(batch)]
    assert_near(gradients(slice(batch)), [np.sum(parts, axis=0) for parts in zip(*alone, strict=True)], share=1e-4)


def test_going_backwards_is_going_forwards_over_reversed_sentences(layer, factory, states, draw, assert_near):
    sequences, mask = draw(9, 7, FEATURES), real(LENGTHS)
    backwards = factory()
    backwards.go_backwards = True
    backwards.build(sequences.shape)
    backwards.set_weights(layer.get_weights())
    reversed_ = tf.reverse_sequence(sequences, LENGTHS, seq_axis=1)
    expected, *last = layer(reversed_, initial_state=states(9), mask=mask)
    outputs, *last_backwards = backwards(sequences, initial_state=states(9), mask=mask)
    # Outputs come in the order of the steps taken, of which padding is the first.
    outputs = [outputs.numpy()[row, 7 - length :] for row, length in enumerate(LENGTHS)]
    wanted = [expected.numpy()[row, :length] for row, length in enumerate(LENGTHS)]
    assert_near([*outputs, *last_backwards], [*wanted, *last])


@pytest.mark.parametrize("cut", [1, 4, 6])
def test_a_sequence_in_two_parts_with_its_state_carried_over_is_the_whole_one(layer, states, draw, cut, assert_near):
    sequences, mask = draw(9, 7, FEATURES), real(LENGTHS)
    expected, *last = layer(sequences, initial_state=states(9), mask=mask)
    first, *middle = layer(sequences[:, :cut], initial_state=states(9), mask=mask[:, :cut])
    second, *end = layer(sequences[:, cut:], initial_state=middle, mask=mask[:, cut:])
    outputs = np.concatenate([first, second], axis=1)
    assert_near([outputs[mask], *end], [expected.numpy()[mask], *last])


@pytest.mark.parametrize("masked", [False, True])
def test_an_empty_batch_gives_no_output_and_no_gradient(layer, states, draw, outcome, masked):
    mask = np.zeros((0, 4), bool) if masked else None
    (outputs, *last), gradients = outcome(layer, draw(0, 4, FEATURES), states(0), mask, training=True)
    assert outputs.shape == (0, 4, layer.units)
    assert {state.shape for state in last} == {(0, layer.units)}
    assert gradients[0].shape == (0, 4, FEATURES)
    for gradient, weight in zip(gradients[1 + len(last) :], layer.trainable_weights, strict=True):
        assert gradient.shape == tuple(weight.shape)
        assert (gradient == 0).all()


def test_after_one_step_the_state_is_what_the_cell_itself_gives(layer, states, draw, outcome, assert_near):
    sequences = draw(9, 1, FEATURES)
    got, gradients = outcome(layer, sequences, states(9), training=True)
    expected, last = layer.cell(sequences[:, 0], [tf.constant(state) for state in states(9)])
    assert_near([got[0][:, 0], *got[1:]], [expected, *last])
    assert all(np.isfinite(gradient).all() for gradient in gradients)


def test_a_row_without_a_real_step_keeps_its_state_and_does_not_touch_the_others(layer, states, draw, outcome):
    sequences, mask, before = draw(9, 7, FEATURES), real(LENGTHS), states(9)
    mask[4] = False
    (outputs, *last), gradients = outcome(layer, sequences, before, mask, training=True)
    for number, state in enumerate(last):
        np.testing.assert_array_equal(state[4], before[number][4])
        # All that the state's loss weighs comes through to the initial one.
        np.testing.assert_allclose(gradients[1 + number][4], draw(9, layer.units, seed=101 + number)[4], rtol=1e-6)
    assert (outputs[4] == 0).all()
    assert (gradients[0][4] == 0).all()
    others = np.arange(9) != 4
    (without, *_), _ = outcome(layer, sequences[others], [state[others] for state in before], mask[others], True)
    np.testing.assert_allclose(outputs[others], without, atol=1e-5)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_what_stands_at_masked_steps_does_not_matter(layer, states, draw, outcome, value):
    sequences, mask = draw(9, 7, FEATURES), real(LENGTHS)
    spoilt = np.where(mask[:, :, None], sequences, np.float32(value))
    expected, got = (outcome(layer, x, states(9), mask, training=True) for x in (sequences, spoilt))
    for one, other in zip([*got[0], *got[1]], [*expected[0], *expected[1]], strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("training", [False, True])
def test_the_same_batch_gives_the_same_bytes_each_time(layer, states, draw, outcome, training):
    arguments = (layer, draw(33, 7, FEATURES), states(33), real(np.resize(LENGTHS, 33), 7), training)
    first = outcome(*arguments)
    for _ in range(5):
        again = outcome(*arguments)
        for one, other in zip([*first[0], *first[1]], [*again[0], *again[1]], strict=True):
            assert one.tobytes() == other.tobytes()


def test_training_or_not_the_numbers_are_the_same(layer, states, draw, outcome, assert_near):
    arguments = (layer, draw(9, 7, FEATURES), states(9), real(LENGTHS))
    expected, got = outcome(*arguments, training=True), outcome(*arguments, training=False)
    assert_near([*got[0], *got[1]], [*expected[0], *expected[1]])


def test_huge_numbers_saturate_the_gates_and_give_finite_ones(layer, states, draw, outcome):
    results, gradients = outcome(layer, 1e4 * draw(9, 7, FEATURES), states(9), training=True)
    assert all(np.isfinite(array).all() for array in (*results, *gradients))


@pytest.mark.parametrize("masked", [False, True])
def test_one_trace_serves_batches_of_every_shape(layer, draw, assert_near, masked):
    specs = [tf.TensorSpec((None, None, FEATURES)), tf.TensorSpec((None, None), tf.bool)]
    traces = []

    def step(sequences, mask):
        traces.append(sequences.shape)
        with tf.GradientTape() as tape:
            tape.watch(sequences)
            results = layer(sequences, mask=mask if masked else None, training=True)
            loss = tf.add_n([tf.reduce_sum(tf.square(result)) for result in results])
        return *results, *tape.gradient(loss, [sequences, *(weight.value for weight in layer.trainable_weights)])

    traced = tf.function(step, input_signature=specs)
    for batch, time in ((3, 4), (9, 7), (1, 1), (2, 11)):
        arguments = tf.constant(draw(batch, time, FEATURES)), tf.constant(real(np.arange(batch) % time + 1, time))
        assert_near(traced(*arguments), step(*arguments), share=1e-4)
    assert traces.count((None, None, FEATURES)) == 1
