"""The minimal gated recurrent unit: a GRU whose gate and candidate read the input alone, and no reset gate.

z_t = sigmoid(W_z x_t + b_z);  g_t = W x_t + b;  h_t = (1 - z_t) h_{t-1} + z_t g_t

These are the plain equations. The paper's log-space form, whose candidate is kept above zero, is needed where a scan is
a cumulative sum of logarithms; ours multiplies gates, see `pipelines.layers.loops.linear`.

Reference: Feng et al., "Were RNNs All We Needed?", 2024 (arXiv 2410.01201), section 3.1.
"""

from functools import partial

import keras
from keras import ops

from pipelines.layers.loops.dispatch import sequence_layer
from pipelines.layers.loops.linear import LinearCell, LinearRNN, split


@keras.saving.register_keras_serializable("elman")
class MinGRUCell(LinearCell):
    """One step of a minGRU; its arguments are those of a `LinearCell` whose gate reads one step."""

    PARTS = 2

    def first_bias(self):
        return ops.concatenate([ops.zeros(self.units), ops.full((self.units,), -self.forget_bias)])

    def gates(self, sums):
        candidate, update = split(sums, 2)
        return candidate, ops.sigmoid(-update), None


@keras.saving.register_keras_serializable("elman")
class MinGRU(LinearRNN):
    """A minGRU over sequences.

    Args:
        units: width of the state, which is the output.
        forget_bias: initial bias of 1 - z, the share of the state that is kept.
    """

    def __init__(self, units: int, forget_bias: float = 1.0, **kwargs) -> None:
        super().__init__(MinGRUCell(units, forget_bias, dtype=kwargs.get("dtype"), name="min_gru_cell"), **kwargs)


layer = partial(sequence_layer, MinGRU)
