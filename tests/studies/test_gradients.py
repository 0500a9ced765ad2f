"""Gradients on their way back, and gates, beside numbers worked out in NumPy."""

import numpy as np
import pytest

from studies.experiments.gradients_explode import backward_norms, gradient_norm, recurrent_weights
from studies.experiments.gradients_vanish import one_dimensional
from studies.gradients import gates, read
from studies.recall import classifier, open_gates, recurrent_layer


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def test_the_gradients_of_a_plain_network_are_those_of_the_chain_rule():
    model = classifier(recurrent_layer("simple_rnn", 3, 1), words=7, seed=1, width=2, classes=4)
    ids, labels = np.array([[1, 2, 3, 4], [5, 6, 1, 1]]), np.array([0, 3])
    norms, opened = read(model, ids, labels)
    words, kernel, recurrent, bias, dense, dense_bias = (
        np.asarray(weight, "float64") for weight in model.get_weights()
    )
    states = [np.zeros((2, 3))]
    for step in range(4):
        states.append(np.tanh(words[ids[:, step]] @ kernel + states[-1] @ recurrent + bias))
    gradient = (softmax(states[-1] @ dense + dense_bias) - np.eye(4)[labels]) @ dense.T
    expected = [np.linalg.norm(gradient, axis=-1).mean()]
    for state in reversed(states[2:]):
        gradient = (gradient * (1 - state**2)) @ recurrent.T
        expected.insert(0, np.linalg.norm(gradient, axis=-1).mean())
    assert norms["h"] == pytest.approx(expected, rel=1e-4)
    assert opened == {}


@pytest.mark.parametrize(
    ("cell", "states"), [("lstm", {"h", "c"}), ("gru", {"h"}), ("sru", {"c"}), ("min_lstm", {"h"}), ("qrnn", {"c"})]
)
def test_every_state_that_is_carried_has_its_gradient(cell, states):
    model = classifier(recurrent_layer(cell, 3, 1), words=7, seed=1)
    norms, _ = read(model, np.array([[1, 2, 3, 4, 5]]), np.array([2]))
    assert set(norms) == states
    assert all(values.shape == (5,) and (values > 0).all() for values in norms.values())


def test_along_one_state_of_an_lstm_the_gradient_has_the_factors_of_that_path_alone():
    model = classifier(recurrent_layer("lstm", 1, 1), words=7, seed=1)  # of one unit, so that norms are magnitudes
    ids, labels = np.array([[1, 2, 3, 4, 5]]), np.array([2])
    vectors, cell = np.asarray(model.get_layer("words")(ids))[0], model.layers[2].cell
    along_c, opened = read(model, ids, labels, cut="h")
    along_h, _ = read(model, ids, labels, cut="c")
    assert set(along_c) == {"c"}
    assert set(along_h) == {"h"}
    states = [np.zeros((1, 1), "float32")] * 2
    for step in range(1, 5):
        states = [np.asarray(state) for state in cell(vectors[step - 1 : step], states)[1]]
        assert along_c["c"][step - 1] == pytest.approx(along_c["c"][step] * opened["forget"][step], rel=1e-4)
        more, less = (
            float(np.asarray(cell(vectors[step : step + 1], [states[0] + shift, states[1]])[0])[0, 0])
            for shift in (0.01, -0.01)
        )
        assert along_h["h"][step - 1] == pytest.approx(along_h["h"][step] * abs(more - less) / 0.02, rel=1e-2)


def test_the_norm_of_a_gradient_is_the_length_of_a_step_at_a_rate_of_one():
    import keras

    model = classifier(recurrent_layer("simple_rnn", 3, 1), words=7, seed=1)
    ids, labels = np.array([[1, 2, 3, 4], [5, 6, 1, 1]]), np.array([0, 3])
    norm, before = gradient_norm(model, ids, labels), model.get_weights()
    model.compile(keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(ids, labels)
    steps = [((new - old) ** 2).sum() for new, old in zip(model.get_weights(), before, strict=True)]
    assert norm == pytest.approx(np.sqrt(sum(steps)), rel=1e-3)


def test_the_gates_of_an_lstm_make_its_next_cell_state():
    layer = recurrent_layer("lstm", 1, 1)  # of one unit, so that the mean over units is the gate itself
    layer.build((1, None, 2))
    inputs, hidden, state = (
        np.array([[0.4, -1.2]], "float32"),
        np.array([[0.3]], "float32"),
        np.array([[-0.7]], "float32"),
    )
    found = gates(layer.cell, inputs, [hidden, state])
    kernel, recurrent, bias = (np.asarray(weight) for weight in layer.get_weights())
    candidate = np.tanh((inputs @ kernel + hidden @ recurrent + bias)[0, 2])
    _, (output, after) = layer.cell(inputs, [hidden, state])
    assert float(after[0, 0]) == pytest.approx(found["forget"] * -0.7 + found["input"] * candidate, abs=1e-6)
    assert float(output[0, 0]) == pytest.approx(found["output"] * np.tanh(float(after[0, 0])), abs=1e-6)


def test_the_gates_of_a_gru_of_an_sru_and_of_a_qrnn_make_their_next_state():
    inputs, before = np.array([[0.4, -1.2]], "float32"), np.array([[0.3]], "float32")
    gru = recurrent_layer("gru", 1, 1)
    gru.build((1, None, 2))
    found = gates(gru.cell, inputs, [before])
    kernel, recurrent, bias = (np.asarray(weight) for weight in gru.get_weights())
    candidate = np.tanh((inputs @ kernel + bias[0])[0, 2] + found["reset"] * (before @ recurrent + bias[1])[0, 2])
    _, (after,) = gru.cell(inputs, [before])
    assert float(after[0, 0]) == pytest.approx(found["update"] * 0.3 + (1 - found["update"]) * candidate, abs=1e-6)
    sru = recurrent_layer("sru", 1, 1)
    sru.build((1, None, 2))
    found = gates(sru.cell, inputs, [before])
    candidate = (inputs @ np.asarray(sru.cell.kernel))[0, 0]
    _, (after,) = sru.cell(inputs, [before])
    assert float(after[0, 0]) == pytest.approx(found["forget"] * 0.3 + (1 - found["forget"]) * candidate, abs=1e-6)
    qrnn = recurrent_layer("qrnn", 1, 1)
    qrnn.build((1, None, 2))
    found = gates(qrnn.cell, inputs, [before, *[np.zeros((1, 1), "float32")] * 3])
    candidate = np.tanh(inputs @ np.asarray(qrnn.cell.kernel)[1])[0, 0]
    output, (after, *_) = qrnn.cell(inputs, [before, *[np.zeros((1, 1), "float32")] * 3])
    assert float(after[0, 0]) == pytest.approx(found["forget"] * 0.3 + (1 - found["forget"]) * candidate, abs=1e-6)
    assert float(output[0, 0]) == pytest.approx(found["output"] * float(after[0, 0]), abs=1e-6)


@pytest.mark.parametrize(
    ("cell", "opened", "others"),
    [("lstm", "forget", {"input", "output"}), ("gru", "update", {"reset"}), ("sru", "forget", {"reset"})],
)
def test_an_open_gate_keeps_the_state_and_no_other_gate_is_opened(cell, opened, others):
    layer = recurrent_layer(cell, 3, 1)
    layer.build((1, None, 2))
    open_gates(layer, 5)
    zeros = np.zeros((1, 2), "float32")
    found = gates(layer.cell, zeros, [np.zeros((1, 3), "float32")] * (2 if cell == "lstm" else 1))
    assert found == {opened: pytest.approx(1 / (1 + np.exp(-5)))} | dict.fromkeys(others, pytest.approx(0.5))


def test_norms_whose_squares_float32_does_not_hold_are_told():
    model = classifier(recurrent_layer("simple_rnn", 3, 1), words=7, seed=1)
    words, kernel, recurrent, *rest = model.get_weights()
    model.set_weights([words, kernel, recurrent * 1e-6, *rest])
    norms, _ = read(model, np.array([[1, 2, 3, 4, 5, 6]]), np.array([2]))
    assert 0 < norms["h"][0] < 1e-28


def test_the_product_of_slopes_is_the_derivative():
    rows = [row for row in one_dimensional() if abs(row["derivative"]) > 1e-4]
    assert len(rows) > 50
    for row in rows:
        assert row["difference"] == pytest.approx(row["derivative"], rel=1e-3), row


def test_the_slopes_bound_the_product():
    for row in one_dimensional():
        bound = {"tanh": 1, "sigmoid": 0.25, "relu": 1}[row["activation"]] * row["weight"]
        assert abs(row["derivative"]) <= bound ** row["distance"] * 1.00001


@pytest.mark.parametrize("matrix", ["Gaussian", "triangular"])
def test_weights_have_the_spectral_radius_that_was_asked_for(matrix):
    weights = recurrent_weights(1.5, np.random.default_rng(1), matrix)
    assert np.abs(np.linalg.eigvals(weights)).max() == pytest.approx(1.5)
    assert np.linalg.norm(weights, 2) > 1.5  # the largest singular value


def test_a_gradient_grows_at_most_with_the_largest_singular_value():
    rows = list(backward_norms())
    assert {row["seed"] for row in rows} == {1, 2, 3, 4, 5}
    for row in rows:
        assert row["growth"] <= row["largest_singular_value"] ** row["length"] * 1.01
