"""Each cell is what its paper's equations say, written down once more in NumPy, step by step; gradients as well."""

import math

import numpy as np
import pytest

from pipelines.cells.gru.layer import GRU
from pipelines.cells.lstm.layer import LSTM
from pipelines.cells.simple_rnn.layer import SimpleRNN
from pipelines.cells.sru.layer import SRU

BATCH, TIME = 3, 4


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def simple_rnn_step(x, states, weights):
    w, u, b = weights
    (h,) = states
    h = np.tanh(x @ w + h @ u + b)
    return h, [h]


def lstm_step(x, states, weights):
    w, u, b = weights
    h, c = states
    (w_i, w_f, w_c, w_o), (u_i, u_f, u_c, u_o), (b_i, b_f, b_c, b_o) = (np.split(part, 4, -1) for part in (w, u, b))
    i = sigmoid(x @ w_i + h @ u_i + b_i)
    f = sigmoid(x @ w_f + h @ u_f + b_f)
    o = sigmoid(x @ w_o + h @ u_o + b_o)
    c = f * c + i * np.tanh(x @ w_c + h @ u_c + b_c)
    h = o * np.tanh(c)
    return h, [h, c]


def gru_step(x, states, weights):
    w, u, b = weights
    (h,) = states
    (w_z, w_r, w_h), (u_z, u_r, u_h) = np.split(w, 3, -1), np.split(u, 3, -1)
    (b_z, b_r, b_h), (d_z, d_r, d_h) = np.split(b[0], 3), np.split(b[1], 3)
    z = sigmoid(x @ w_z + b_z + h @ u_z + d_z)
    r = sigmoid(x @ w_r + b_r + h @ u_r + d_r)
    candidate = np.tanh(x @ w_h + b_h + r * (h @ u_h + d_h))
    h = z * h + (1 - z) * candidate
    return h, [h]


def sru_step(x, states, weights, highway_bias=0.0):
    w, v, b = weights
    (c,) = states
    v_f, v_r = np.split(v, 2)
    b_f, b_r = np.split(b, 2)
    units = len(v_f)
    alpha = math.sqrt(1 + 2 * math.exp(highway_bias))
    w_c, w_f, w_r = (w[:, n * units : (n + 1) * units] for n in range(3))
    f = sigmoid(x @ w_f + v_f * c + b_f)
    r = sigmoid(x @ w_r + v_r * c + b_r)
    c = f * c + (1 - f) * (x @ w_c)
    carried = x @ w[:, 3 * units :] if w.shape[1] > 3 * units else x
    return r * c + (1 - r) * alpha * carried, [c]


def biased_sru_step(x, states, weights):
    return sru_step(x, states, weights, highway_bias=-2.0)


# Layer, its settings, features, units, equations.
CASES = {
    "SimpleRNN": (SimpleRNN, {}, 3, 5, simple_rnn_step),
    "LSTM": (LSTM, {}, 3, 5, lstm_step),
    "GRU": (GRU, {}, 3, 5, gru_step),
    "SRU": (SRU, {}, 5, 5, sru_step),
    "projected SRU": (SRU, {}, 3, 5, sru_step),
    "biased SRU": (SRU, {"highway_bias": -2.0}, 5, 5, biased_sru_step),
    "wide LSTM": (LSTM, {}, 2, 9, lstm_step),
}


def sequence_by(step, x, states, weights):
    """The equations over a whole sequence: outputs and last states."""
    outputs = []
    for t in range(x.shape[1]):
        output, states = step(x[:, t], states, weights)
        outputs.append(output)
    return [np.stack(outputs, 1), *states]


@pytest.fixture(params=CASES)
def case(request, randomised, draw):
    """A layer with random weights, sequences, initial states and the equations."""
    make, settings, features, units, step = CASES[request.param]
    layer = randomised(make(units, return_sequences=True, return_state=True, **settings), features)
    states = [draw(BATCH, units, seed=30 + n) for n in range(2 if make is LSTM else 1)]
    return layer, draw(BATCH, TIME, features, seed=2), states, step


@pytest.mark.parametrize("training", [False, True])
def test_outputs_and_states_are_those_of_the_equations(case, training, outcome, assert_near):
    layer, sequences, states, step = case
    arguments = [np.asarray(part, "float64") for part in sequences], states, layer.get_weights()
    expected = sequence_by(step, np.stack(arguments[0]), *arguments[1:])
    assert_near(outcome(layer, sequences, states, training=training)[0], expected)


@pytest.mark.parametrize("training", [False, True])
def test_gradients_are_the_finite_differences_of_the_equations(case, training, outcome, assert_near, draw):
    layer, sequences, states, step = case
    arguments = [np.array(part, "float64") for part in (sequences, *states, *layer.get_weights())]

    def loss():
        x, parts = arguments[0], arguments[1:]
        results = sequence_by(step, x, parts[: len(states)], parts[len(states) :])
        return sum((result * draw(*result.shape, seed=100 + n)).sum() for n, result in enumerate(results))

    expected = []
    for argument in arguments:
        slopes = np.empty_like(argument)
        for place in np.ndindex(argument.shape):
            value, ends = argument[place], []
            for change in (1e-5, -1e-5):
                argument[place] = value + change
                ends.append(loss())
            argument[place] = value
            slopes[place] = (ends[0] - ends[1]) / 2e-5
        expected.append(slopes)
    assert_near(outcome(layer, sequences, states, training=training)[1], expected, share=1e-3)
