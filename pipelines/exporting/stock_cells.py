"""One direction of a recurrent layer in stock Keras layers, or in TensorFlow's operations where Keras has none.

What a cell is called with: inputs, float32 (batch, time, features), and which steps are real, bool (batch, time); it
gives the outputs, (batch, time, units), which mean nothing at padding, and the last hidden state, (batch, units).
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf


def variable(values: Any) -> Any:
    """Weights of a module."""
    return tf.Variable(tf.constant(values))


class StockLayer(tf.Module):
    """A layer of Keras itself. It must not use cuDNN, whose operations a graph that is saved on a GPU would keep."""

    def __init__(self, kind: Callable[..., Any], weights: Sequence[np.ndarray], **keys: Any) -> None:
        super().__init__()
        features, units = len(weights[0]), len(weights[1])
        self.layer = kind(units, return_sequences=True, return_state=True, **keys)
        self.layer.build((None, None, features))
        self.layer.set_weights(weights)

    def __call__(self, inputs: Any, real: Any) -> tuple[Any, Any]:
        outputs, hidden, *_ = self.layer(inputs, mask=real, training=False)
        return outputs, hidden


class SRU(tf.Module):
    """A simple recurrent unit; its equations are in `pipelines/cells/sru/reference.py`."""

    def __init__(self, weights: Sequence[np.ndarray], highway_bias: float) -> None:
        super().__init__()
        self.kernel, self.peephole, self.bias = (variable(each) for each in weights)
        self.parts = 2 * weights[0].shape[1] // len(weights[2])  # of the products: three, or four
        self.scale = math.sqrt(1 + 2 * math.exp(highway_bias))

    def __call__(self, inputs: Any, real: Any) -> tuple[Any, Any]:
        parts = tf.split(inputs @ self.kernel, self.parts, axis=-1)
        candidates, projected = parts[0], parts[3] if len(parts) > 3 else inputs
        gates = tf.concat(parts[1:3], axis=-1) + self.bias
        zeros = tf.zeros_like(candidates[:, 0])

        def step(before: Any, at_step: Any) -> Any:
            candidate, of_gates, is_real = at_step
            forget, reset = tf.split(tf.sigmoid(of_gates + self.peephole * tf.tile(before[0], [1, 2])), 2, axis=-1)
            after = forget * before[0] + (1 - forget) * candidate
            return tf.where(is_real[:, None], after, before[0]), reset

        steps = (tf.transpose(candidates, [1, 0, 2]), tf.transpose(gates, [1, 0, 2]), tf.transpose(real))
        states, resets = (tf.transpose(each, [1, 0, 2]) for each in tf.scan(step, steps, (zeros, zeros)))
        return resets * states + (1 - resets) * self.scale * projected, states[:, -1]


class Linear(tf.Module):
    """A cell whose gates read inputs alone: c = f c + (1 - f) g, h = o c; see `pipelines/layers/loops/linear.py`."""

    def __init__(self, weights: Sequence[np.ndarray], gates: Callable[[Any], tuple[Any, Any, Any]]) -> None:
        super().__init__()
        kernel, bias = weights
        self.kernel, self.bias = variable(kernel.reshape(-1, *kernel.shape[-2:])), variable(bias)
        self.gates = gates

    def __call__(self, inputs: Any, real: Any) -> tuple[Any, Any]:
        before = tf.pad(inputs, [[0, 0], [self.kernel.shape[0] - 1, 0], [0, 0]])  # which the first steps read
        candidates, forget, output = self.gates(tf.nn.conv1d(before, self.kernel, 1, "VALID") + self.bias)
        forget = tf.where(real[..., None], forget, 1.0)
        steps = (tf.transpose(candidates, [1, 0, 2]), tf.transpose(forget, [1, 0, 2]))
        states = tf.scan(lambda c, step: step[1] * c + (1 - step[1]) * step[0], steps, tf.zeros_like(candidates[:, 0]))
        states = tf.transpose(states, [1, 0, 2])
        return states if output is None else output * states, states[:, -1]


def min_gru(sums: Any) -> tuple[Any, Any, None]:
    """The gates of a minGRU, from the products of its inputs."""
    candidate, update = tf.split(sums, 2, axis=-1)
    return candidate, tf.sigmoid(-update), None


def min_lstm(sums: Any) -> tuple[Any, Any, None]:
    """Those of a minLSTM."""
    candidate, forget, update = tf.split(sums, 3, axis=-1)
    return candidate, tf.sigmoid(tf.nn.softplus(-update) - tf.nn.softplus(-forget)), None


def qrnn(sums: Any) -> tuple[Any, Any, Any]:
    """Those of a QRNN."""
    candidate, forget, output = tf.split(sums, 3, axis=-1)
    return tf.tanh(candidate), tf.sigmoid(forget), tf.sigmoid(output)


# A cell -> a direction of it, from weights as `get_weights` gives them and the cell's own keys.
CELLS: dict[str, Callable[[Sequence[np.ndarray], Any], Any]] = {
    "simple_rnn": lambda weights, own: StockLayer(keras.layers.SimpleRNN, weights),
    "lstm": lambda weights, own: StockLayer(keras.layers.LSTM, weights, use_cudnn=False),
    "gru": lambda weights, own: StockLayer(keras.layers.GRU, weights, use_cudnn=False),
    "sru": lambda weights, own: SRU(weights, own.highway_bias),
    "min_gru": lambda weights, own: Linear(weights, min_gru),
    "min_lstm": lambda weights, own: Linear(weights, min_lstm),
    "qrnn": lambda weights, own: Linear(weights, qrnn),
}


class Stack(tf.Module):
    """Recurrent layers one above the other, each in one direction or in both."""

    def __init__(self, layers: Sequence[Any], cell: str, own: Any) -> None:
        super().__init__()
        self.levels = []
        for layer in layers:
            both = hasattr(layer, "backward_layer")
            directions = [layer.forward_layer, layer.backward_layer] if both else [layer]
            self.levels.append([CELLS[cell](each.get_weights(), own) for each in directions])

    def __call__(self, inputs: Any, lengths: Any) -> tuple[Any, Any]:
        """The last layer's outputs, (batch, time, width), and its last hidden states, (batch, width)."""
        real, hidden = tf.sequence_mask(lengths, tf.shape(inputs)[1]), []
        for directions in self.levels:
            outputs, hidden = directions[0](inputs, real)
            if len(directions) > 1:
                backwards, other = directions[1](tf.reverse_sequence(inputs, lengths, seq_axis=1), real)
                backwards = tf.reverse_sequence(backwards, lengths, seq_axis=1)
                outputs, hidden = tf.concat([outputs, backwards], -1), tf.concat([hidden, other], -1)
            inputs = outputs
        return inputs, hidden
