"""The minimal LSTM: gates and candidate that read the input alone, and gates that sum to one.

f = sigmoid(W_f x_t + b_f);  i = sigmoid(W_i x_t + b_i);  g_t = W x_t + b
f_t = f / (f + i);  i_t = i / (f + i);  h_t = f_t h_{t-1} + i_t g_t

These are the plain equations. The paper's log-space form, whose candidate is kept above zero, is needed where a scan is
a cumulative sum of logarithms; ours multiplies gates, see `pipelines.layers.loops.linear`. The share f / (f + i) alone
is taken from logarithms, as sigmoid(log f - log i): both gates may be too small for float32.

Reference: Feng et al., "Were RNNs All We Needed?", 2024 (arXiv 2410.01201), section 3.2.
"""

from functools import partial

import keras
from keras import ops

from pipelines.layers.loops.dispatch import sequence_layer
from pipelines.layers.loops.linear import LinearCell, LinearRNN, split


@keras.saving.register_keras_serializable("elman")
class MinLSTMCell(LinearCell):
    """One step of a minLSTM; its arguments are those of a `LinearCell` whose gates read one step."""

    PARTS = 3

    def first_bias(self):
        biases = (0.0, self.forget_bias, -self.forget_bias)  # so that f / (f + i) begins as the sigmoid of the first
        return ops.concatenate([ops.full((self.units,), bias) for bias in biases])

    def gates(self, sums):
        candidate, forget, update = split(sums, 3)
        return candidate, ops.sigmoid(ops.softplus(-update) - ops.softplus(-forget)), None


@keras.saving.register_keras_serializable("elman")
class MinLSTM(LinearRNN):
    """A minLSTM over sequences.

    Args:
        units: width of the state, which is the output.
        forget_bias: initial bias of the forget gate; that of the input gate is its negative.
    """

    def __init__(self, units: int, forget_bias: float = 1.0, **kwargs) -> None:
        super().__init__(MinLSTMCell(units, forget_bias, dtype=kwargs.get("dtype"), name="min_lstm_cell"), **kwargs)


layer = partial(sequence_layer, MinLSTM)
