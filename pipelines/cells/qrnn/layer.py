"""The quasi-recurrent network: gates from a convolution of the inputs, and a recurrent pooling (fo-pooling).

g, f, o = tanh(W * x + b), sigmoid(W_f * x + b_f), sigmoid(W_o * x + b_o)
c_t = f_t c_{t-1} + (1 - f_t) g_t;  h_t = o_t c_t
where * is a convolution over a step and those before it.

Reference: Bradbury et al., "Quasi-Recurrent Neural Networks", ICLR 2017, sections 2 and 2.1.
"""

from functools import partial

import keras
from keras import ops

from pipelines.layers.loops.dispatch import sequence_layer
from pipelines.layers.loops.linear import LinearCell, LinearRNN, split

OPEN = 1e4  # whose sigmoid is 1 whatever else is added


@keras.saving.register_keras_serializable("elman")
class QRNNCell(LinearCell):
    """One step of a QRNN; its arguments are those of a `LinearCell`."""

    PARTS = 3
    opened = False  # whether further inputs, one for each unit, force its forget gate open

    def first_bias(self):
        return ops.concatenate([ops.full((self.units,), bias) for bias in (0.0, self.forget_bias, 0.0)])

    def gates(self, sums):
        candidate, forget, output = split(sums, 3)
        return ops.tanh(candidate), ops.sigmoid(forget), ops.sigmoid(output)

    def taps(self):
        """Those of a `LinearCell`; if opened, with rows below of inputs that force a unit's forget gate open."""
        taps = super().taps()
        if not self.opened:
            return taps
        rows = ops.pad(OPEN * ops.eye(self.units), [[0, 0], [self.units, taps.shape[1] - 2 * self.units]])
        return ops.concatenate([taps, ops.cast(rows, taps.dtype)])

    def own_config(self):
        return {**super().own_config(), "filter_width": self.filter_width}


@keras.saving.register_keras_serializable("elman")
class QRNN(LinearRNN):
    """A QRNN over sequences. At a masked step nothing is read: the convolution is one over the real steps.

    Args:
        units: width of the state and of the output.
        forget_bias: initial bias of the forget gate.
        filter_width: steps that the convolution reads.
        zoneout: share of the state's numbers that training leaves as they were, drawn anew for each step. Their forget
            gate is one; the others are not scaled (section 2.1).
        seed: of what is dropped and left.
    """

    def __init__(
        self,
        units: int,
        forget_bias: float = 1.0,
        filter_width: int = 2,
        zoneout: float = 0.0,
        seed: int | None = None,
        **kwargs,
    ) -> None:
        cell = QRNNCell(units, forget_bias, filter_width, dtype=kwargs.get("dtype"), name="qrnn_cell")
        super().__init__(cell, seed=seed, **kwargs)
        self.zoneout = zoneout
        self.draws = keras.random.SeedGenerator(seed)

    def inner_loop(self, sequences, initial_state, mask, training=False):
        if not (training and self.zoneout):
            return super().inner_loop(sequences, initial_state, mask, training)
        # Any loop runs with the further inputs.
        shape = (*ops.shape(sequences)[:2], self.units)
        left = keras.random.uniform(shape, seed=self.draws) < self.zoneout
        sequences = ops.concatenate([sequences, ops.cast(left, sequences.dtype)], -1)
        self.cell.opened = True
        try:
            return super().inner_loop(sequences, initial_state, mask, training)
        finally:
            self.cell.opened = False

    def is_plain(self, training):
        return super().is_plain(training) and not (training and self.zoneout)

    def get_config(self):
        return {**super().get_config(), "zoneout": self.zoneout}


layer = partial(sequence_layer, QRNN)
