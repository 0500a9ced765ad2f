"""How many parameters a cell has, and with which it starts."""

import math

import numpy as np
import pytest

from pipelines.cells.gru.layer import GRU
from pipelines.cells.lstm.layer import LSTM
from pipelines.cells.min_gru.layer import MinGRU
from pipelines.cells.min_lstm.layer import MinLSTM
from pipelines.cells.qrnn.layer import QRNN
from pipelines.cells.simple_rnn.layer import SimpleRNN
from pipelines.cells.sru.layer import SRU

STEPS = 50


def built(layer, features):
    layer.build((None, None, features))
    return layer


@pytest.mark.parametrize("d", [8, 128])
@pytest.mark.parametrize(
    ("layer", "count"),
    [
        (LSTM, lambda d: 8 * d**2 + 4 * d),
        (GRU, lambda d: 6 * d**2 + 6 * d),
        (SimpleRNN, lambda d: 2 * d**2 + d),
        (SRU, lambda d: 3 * d**2 + 4 * d),
        (MinGRU, lambda d: 2 * d**2 + 2 * d),
        (MinLSTM, lambda d: 3 * d**2 + 3 * d),
        (QRNN, lambda d: 6 * d**2 + 3 * d),
    ],
)
def test_a_cell_has_as_many_parameters_as_its_equations(layer, count, d):
    assert built(layer(d), d).count_params() == count(d)


def test_an_sru_of_another_width_has_one_more_matrix():
    assert built(SRU(8), 5).count_params() == 4 * 5 * 8 + 4 * 8


def test_the_forget_bias_of_an_lstm_starts_at_one():
    bias = np.split(built(LSTM(6), 3).get_weights()[2], 4)
    assert [set(part) for part in bias] == [{0.0}, {1.0}, {0.0}, {0.0}]


def kept(unit_forget_bias, recurrent_initializer):
    """The share of a cell state that is left after 50 steps of zeros."""
    layer = LSTM(
        64, unit_forget_bias=unit_forget_bias, recurrent_initializer=recurrent_initializer, return_state=True, seed=1
    )
    cell = np.random.default_rng(1).normal(size=(2, 64)).astype("float32")
    *_, last = layer(np.zeros((2, STEPS, 3), "float32"), initial_state=[np.zeros_like(cell), cell])
    return np.linalg.norm(last) / np.linalg.norm(cell)


def test_without_recurrent_weights_a_cell_state_fades_by_the_forget_gate_alone():
    sigmoid_of_one = 1 / (1 + math.exp(-1))
    np.testing.assert_allclose(kept(True, "zeros"), sigmoid_of_one**STEPS, rtol=1e-4)
    np.testing.assert_allclose(kept(False, "zeros"), 0.5**STEPS, rtol=1e-4)


def test_an_untrained_lstm_remembers_longer_with_the_forget_bias_than_without():
    assert kept(True, "orthogonal") > 100 * kept(False, "orthogonal")
