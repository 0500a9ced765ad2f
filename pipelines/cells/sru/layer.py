"""The simple recurrent unit: gates that see the state through a vector, so that all products stand before the loop.

f_t = sigmoid(W_f x_t + v_f c_{t-1} + b_f);  r_t = sigmoid(W_r x_t + v_r c_{t-1} + b_r)
c_t = f_t c_{t-1} + (1 - f_t) W x_t;  h_t = r_t c_t + (1 - r_t) alpha x_t

Reference: Lei et al., "Simple Recurrent Units for Highly Parallelizable Recurrence", EMNLP 2018, sections 3.1 and 3.2.
"""

import math
from typing import Any

import keras
from keras import ops

from pipelines.layers.loops.dispatch import CompiledLoop, sequence_layer


@keras.saving.register_keras_serializable("elman")
class SRUCell(keras.layers.Layer):
    """One step of a simple recurrent unit.

    Args:
        units: width of the state and of the output.
        highway_bias: initial bias of the reset gate; below zero, more of the input is handed on.

    Call arguments:
        inputs: float (batch, features); where features and units differ, the highway's input is projected.
        states: the cell state, [float (batch, units)].

    Returns:
        The output, float (batch, units), and the new states.
    """

    def __init__(self, units: int, highway_bias: float = 0.0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.highway_bias = highway_bias
        self.state_size = self.output_size = units
        # Keeps the variance of x_t in h_t at the start (section 3.2).
        self.scale = math.sqrt(1 + 2 * math.exp(highway_bias))

    def build(self, input_shape) -> None:
        features = input_shape[-1]
        # Weights of variance 1 / features; that of a gate's two terms, products and peephole, is halved each.
        variances = [1, 0.5, 0.5] if features == self.units else [1, 0.5, 0.5, 1]
        limits = [math.sqrt(3 * variance / features) for variance in variances]
        uniform = [keras.initializers.RandomUniform(-limit, limit) for limit in limits]

        def blocks(shape, dtype=None):
            return ops.concatenate([draw((features, self.units), dtype) for draw in uniform], axis=1)

        def biases(shape, dtype=None):
            forget, reset = ops.zeros(self.units, dtype), ops.full((self.units,), self.highway_bias, dtype)
            return ops.concatenate([forget, reset])

        peepholes = keras.initializers.RandomUniform(-math.sqrt(1.5), math.sqrt(1.5))
        self.kernel = self.add_weight((features, len(uniform) * self.units), blocks, name="kernel")
        self.peephole = self.add_weight((2 * self.units,), peepholes, name="peephole")
        self.bias = self.add_weight((2 * self.units,), biases, name="bias")
        self.built = True

    def call(self, inputs, states, training=False):
        before = states[0]
        candidate, *parts = ops.split(ops.matmul(inputs, self.kernel), self.kernel.shape[1] // self.units, axis=-1)
        gates = ops.concatenate(parts[:2], axis=-1) + self.peephole * ops.tile(before, (1, 2)) + self.bias
        forget, reset = ops.split(ops.sigmoid(gates), 2, axis=-1)
        state = forget * before + (1 - forget) * candidate
        highway = parts[2] if len(parts) > 2 else inputs
        return reset * state + (1 - reset) * self.scale * highway, [state]

    def get_config(self):
        return {**super().get_config(), "units": self.units, "highway_bias": self.highway_bias}


@keras.saving.register_keras_serializable("elman")
class SRU(CompiledLoop, keras.layers.RNN):
    """A simple recurrent unit over sequences, with the arguments and the conventions of `keras.layers.RNN`.

    Args:
        units: width of the state and of the output.
        highway_bias: initial bias of the reset gate.
        dropout: share of the inputs' features that is dropped in training, the same ones at every step of a sequence.
        seed: of dropout.
    """

    def __init__(
        self, units: int, highway_bias: float = 0.0, dropout: float = 0.0, seed: int | None = None, **kwargs
    ) -> None:
        cell = SRUCell(units, highway_bias, dtype=kwargs.get("dtype"), name="sru_cell")
        super().__init__(cell, **kwargs)
        self.seed = seed
        self.dropped = keras.layers.SpatialDropout1D(dropout, seed=seed)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        return super().call(self.dropped(sequences, training=training), initial_state, mask, training)

    def inner_loop(self, sequences, initial_state, mask, training=False):
        if keras.backend.backend() != "jax" or mask is None or self.zero_output_for_mask:
            return super().inner_loop(sequences, initial_state, mask, training)
        # For the output of a masked step Keras takes the first state there, which is not what this cell gives.
        every, self.return_sequences = self.return_sequences, True
        try:
            _, outputs, states = super().inner_loop(sequences, initial_state, mask, training)
        finally:
            self.return_sequences = every
        real = keras.tree.flatten(mask)[0]
        steps = ops.where(ops.flip(real, 1) if self.go_backwards else real, ops.arange(real.shape[1]), -1)
        last = ops.associative_scan(ops.maximum, steps, axis=1)[:, :, None]  # at each step, the last real one so far
        outputs = ops.take_along_axis(outputs, ops.maximum(last, 0), 1) * ops.cast(last >= 0, outputs.dtype)
        return outputs[:, -1], outputs, states

    def is_plain(self, training):
        return super().is_plain(training) and not (training and self.dropped.rate)

    @property
    def units(self):
        return self.cell.units

    def input_weights(self):
        cell = self.cell
        zeros = [ops.zeros(self.units, cell.bias.dtype) for _ in range(cell.kernel.shape[1] // self.units - 2)]
        return cell.kernel, ops.concatenate([zeros[0], cell.bias, *zeros[1:]])

    def loop_weights(self):
        return [self.cell.peephole, ops.full((1,), self.cell.scale)]

    def get_config(self):
        config = super().get_config()
        del config["cell"]
        cell = {"units": self.units, "highway_bias": self.cell.highway_bias}
        return {**config, **cell, "dropout": self.dropped.rate, "seed": self.seed}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def layer(units: int, name: str, seed: int, input_dropout: float = 0.0, **own: Any) -> SRU:
    """A layer of the cell, with the keys of its `Config`."""
    return sequence_layer(SRU, units, name, seed, dropout=input_dropout, **own)
