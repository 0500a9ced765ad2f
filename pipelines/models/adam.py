"""Keras's Adam with fewer operations on a CPU: large weights in one compiled call, all others without repeated ones.

m = m + (g - m) (1 - beta_1);  v = v + (g g - v) (1 - beta_2);  w = w - m alpha / (sqrt v + epsilon)

On TensorFlow these are 14 operations, each of which passes over the whole of a table of word vectors, and Keras makes
the gradient of the words that a batch has as large as the table five times before. Here it stays as it is. Weights and
moments are Keras's, bit by bit, up to the norm that gradients are clipped by: it is the same sum of squares, without
the zeros of words that are not there, and so in another order.

Reference: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, section 2, with alpha as in its last
paragraph.
"""

import math
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops
from numba import njit

from pipelines.layers.loops.memory import uninitialised
from pipelines.layers.loops.threads import share_elements

LARGE = 2**17  # numbers of a weight that is worth a call
LARGE_TABLE = 2**15  # of a table, of whose rows a batch reads some
BLOCK = 2048  # numbers that stay in the cache from one loop to the next


class Clipped(NamedTuple):
    """A gradient, as TensorFlow gives it, and what it is scaled by."""

    gradient: Any
    scale: Any


def compile_updates(optimizer: Any) -> None:
    """Changes how an optimiser of Keras clips and updates, if it is Adam with a clip norm, on TensorFlow and a CPU.

    What it is saved as and its variables stay Keras's. So does that it squares the gradients of a word that a batch
    repeats, for their norm, before it adds them up.
    """
    is_adam = type(optimizer) is keras.optimizers.Adam and not optimizer.amsgrad
    if not is_adam or optimizer.global_clipnorm is None or keras.backend.backend() != "tensorflow":
        return
    from pipelines.layers.loops.operation import has_gpu

    if not has_gpu():
        optimizer._clip_gradients = lambda gradients: _clipped(gradients, optimizer.global_clipnorm)
        optimizer._backend_update_step = lambda *given: _update(optimizer, *given)


def _clipped(gradients: Sequence[Any], clip_norm: float) -> list[Clipped]:
    """Takes the place of `_clip_gradients`: as `clip_by_global_norm` of Keras, but that nothing is multiplied yet."""
    squares = [ops.sum(ops.square(getattr(gradient, "values", gradient))) for gradient in gradients]
    norm = ops.sqrt(ops.sum(ops.stack(squares)))
    scale = clip_norm * ops.minimum(1.0 / norm, 1.0 / clip_norm) + (norm - norm)  # which is NaN where the norm is
    return [Clipped(gradient, scale) for gradient in gradients]


def _update(optimizer: Any, gradients: Sequence[Clipped], variables: Any, learning_rate: Any) -> None:
    """Takes the place of `_backend_update_step`."""
    step = ops.cast(optimizer.iterations + 1, "float32")
    power_1, power_2 = (ops.power(ops.cast(beta, "float32"), step) for beta in (optimizer.beta_1, optimizer.beta_2))
    alpha = ops.cast(learning_rate, "float32") * ops.sqrt(1 - power_2) / (1 - power_1)
    large = []
    for (gradient, scale), weights in zip(gradients, variables, strict=True):
        number = optimizer._get_variable_index(weights)
        m, v = optimizer._momentums[number], optimizer._velocities[number]
        if math.prod(weights.shape) >= (LARGE_TABLE if hasattr(gradient, "indices") else LARGE):
            large.append((gradient, m, v, weights))
            continue
        dense = ops.convert_to_tensor(gradient) * scale
        m, v = m.value, v.value
        m.assign_add((dense - m) * (1 - optimizer.beta_1))
        v.assign_add((ops.square(dense) - v) * (1 - optimizer.beta_2))
        weights.value.assign_sub(m * alpha / (ops.sqrt(v) + optimizer.epsilon))
    if large:
        _update_large(optimizer, large, alpha, gradients[0].scale)


def _update_large(optimizer: Any, large: list[tuple], alpha: Any, scale: Any) -> None:
    import tensorflow as tf

    constants = np.array([1 - optimizer.beta_1, 1 - optimizer.beta_2, optimizer.epsilon], "float32")
    values: list[Any] = []  # of each weight the numbers of its gradient and of which rows they are, if not of all
    for gradient, *its in large:
        values += [gradient.values, gradient.indices] if hasattr(gradient, "indices") else [gradient, []]
        values += [ops.convert_to_tensor(variable) for variable in its]
    changing = [variable for _, *its in large for variable in its]

    def updated(alpha: np.ndarray, scale: np.ndarray, *arrays: np.ndarray) -> list[np.ndarray]:
        weights = [arrays[first : first + 5] for first in range(0, len(arrays), 5)]
        places = [rows_of(values, indices, before) for values, indices, _, _, before in weights]
        afters = [[uninitialised(*before.shape) for before in its[2:]] for its in weights]

        def work(number: int, begin: int, end: int) -> None:
            flat = [array.reshape(-1) for array in (*weights[number][2:], *afters[number])]
            adam(begin, end, np.float32(alpha), np.float32(scale), constants, *places[number], *flat)

        share_elements([before.size for *_, before in weights], work)
        return [*chain(*afters)]

    results: Any = tf.numpy_function(updated, [alpha, scale, *values], ["float32"] * len(changing), stateful=False)
    for variable, result in zip(changing, results, strict=True):
        result.set_shape(variable.shape)
        variable.assign(result)


def rows_of(values: np.ndarray, indices: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of weights as rows, and before them where the gradient of each of the weights' rows stands.

    Args:
        values: float32 (..., width), of all weights or of some rows.
        indices: of the rows, of which some may be the same; none, if the gradient is of all weights.
        weights: float32 (..., width).

    Returns:
        int64 (rows of the weights,), negative where the gradient is zero, and float32 (rows of the gradient, width).
    """
    rows = values.reshape(-1, weights.shape[-1])
    if values.shape == weights.shape and not len(indices):
        return np.arange(len(rows)), rows
    return added_rows(rows, indices.astype(np.int64), len(weights))


@njit(nogil=True, cache=True, error_model="numpy")
def added_rows(values, indices, size):
    """`rows_of` repeated rows, which are added up in their order."""
    places = np.full(size, -1, np.int64)
    count = 0
    for index in indices:
        if places[index] < 0:
            places[index] = count
            count += 1
    sums = np.zeros((count, values.shape[1]), np.float32)
    for row in range(len(indices)):
        total, part = sums[places[indices[row]]], values[row]
        for j in range(len(total)):
            total[j] += part[j]
    return places, sums


# Nothing may be reassociated or contracted: the operations are those of TensorFlow.
@njit(nogil=True, cache=True, error_model="numpy")
def adam(first, last, alpha, scale, constants, places, sums, m, v, weights, new_m, new_v, new_weights):
    """A step on the numbers from first to last of flat arrays, float32; their gradient is as `rows_of` gives it."""
    rest_1, rest_2, epsilon = constants[0], constants[1], constants[2]
    width, block = sums.shape[1], np.empty(BLOCK, np.float32)
    for begin in range(first, last, BLOCK):
        end = min(begin + BLOCK, last)
        part, g = slice(begin, end), block[: end - begin]
        for row in range(begin // width, (end - 1) // width + 1):
            start, stop = max(begin, row * width), min(end, (row + 1) * width)
            if places[row] < 0:
                g[start - begin : stop - begin] = np.float32(0)
                continue
            its, at = sums[places[row]], g[start - begin : stop - begin]
            for i in range(len(at)):
                at[i] = its[start - row * width + i] * scale
        m_before, v_before, w = m[part], v[part], weights[part]
        m_after, v_after, w_after = new_m[part], new_v[part], new_weights[part]
        # One array is written a loop: then LLVM can see that it overlaps no other, and vectorises.
        for i in range(len(g)):
            m_after[i] = m_before[i] + (g[i] - m_before[i]) * rest_1
        for i in range(len(g)):
            v_after[i] = v_before[i] + (g[i] * g[i] - v_before[i]) * rest_2
        for i in range(len(g)):
            w_after[i] = w[i] - (m_after[i] * alpha) / (np.sqrt(v_after[i]) + epsilon)
