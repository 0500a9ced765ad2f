"""Keras's Adam, with large weights updated in one compiled call on a CPU: the same numbers, bit by bit.

m = m + (g - m) (1 - beta_1);  v = v + (g g - v) (1 - beta_2);  w = w - m alpha / (sqrt v + epsilon)

On TensorFlow these are 14 operations, each of which passes over the whole of a table of word vectors.

Reference: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, section 2, with alpha as in its last
paragraph.
"""

import math
from itertools import chain
from typing import Any

import keras
import numpy as np
from keras import ops
from numba import njit

from pipelines.layers.loops.memory import uninitialised
from pipelines.layers.loops.threads import share_elements

LARGE = 2**17  # numbers of a weight that is worth a call
BLOCK = 2048  # numbers that stay in the cache from one loop to the next


def compile_updates(optimizer: Any) -> None:
    """Changes how an optimiser of Keras updates weights, if it is Adam with a clip norm, on TensorFlow and a CPU.

    What it is saved as, its variables and its clipping stay Keras's. Clipped gradients are dense; those of word vectors
    are sparse otherwise, and Keras squares them before it adds up those of a word.
    """
    is_adam = type(optimizer) is keras.optimizers.Adam and not optimizer.amsgrad
    if not is_adam or optimizer.global_clipnorm is None or keras.backend.backend() != "tensorflow":
        return
    from pipelines.layers.loops.operation import has_gpu

    if not has_gpu():
        optimizer._backend_update_step = lambda *given: _update(optimizer, *given)


def _update(optimizer: Any, gradients: Any, variables: Any, learning_rate: Any) -> None:
    """Takes the place of `_backend_update_step`. Keras computes the step's size anew for each weight."""
    step = ops.cast(optimizer.iterations + 1, "float32")
    power_1, power_2 = (ops.power(ops.cast(beta, "float32"), step) for beta in (optimizer.beta_1, optimizer.beta_2))
    alpha = ops.cast(learning_rate, "float32") * ops.sqrt(1 - power_2) / (1 - power_1)
    large = []
    for gradient, weights in zip(gradients, variables, strict=True):
        number = optimizer._get_variable_index(weights)
        of_weight = (gradient, optimizer._momentums[number], optimizer._velocities[number], weights)
        if math.prod(weights.shape) < LARGE:
            _update_small(optimizer, *of_weight, alpha)
        else:
            large.append(of_weight)
    if large:
        _update_large(optimizer, large, alpha)


def _update_small(optimizer: Any, gradient: Any, m: Any, v: Any, weights: Any, alpha: Any) -> None:
    import tensorflow as tf

    m, v = m.value, v.value
    m.assign_add((gradient - m) * (1 - optimizer.beta_1))
    v.assign_add((tf.square(gradient) - v) * (1 - optimizer.beta_2))
    weights.value.assign_sub(m * alpha / (tf.sqrt(v) + optimizer.epsilon))


def _update_large(optimizer: Any, large: list[tuple], alpha: Any) -> None:
    import tensorflow as tf

    constants = np.array([1 - optimizer.beta_1, 1 - optimizer.beta_2, optimizer.epsilon], "float32")

    def updated(alpha: np.ndarray, *arrays: np.ndarray) -> list[np.ndarray]:
        befores = [[array.ravel() for array in arrays[first : first + 4]] for first in range(0, len(arrays), 4)]
        afters = [[uninitialised(before[0].size) for _ in before[1:]] for before in befores]

        def work(number: int, begin: int, end: int) -> None:
            adam(begin, end, np.float32(alpha), *constants, *befores[number], *afters[number])

        share_elements([before[0].size for before in befores], work)
        shapes = [array.shape for first in range(0, len(arrays), 4) for array in arrays[first + 1 : first + 4]]
        return [after.reshape(shape) for after, shape in zip(chain(*afters), shapes, strict=True)]

    changing = [variable for _, *its in large for variable in its]
    values = [ops.convert_to_tensor(value) for of_weight in large for value in of_weight]
    results: Any = tf.numpy_function(updated, [alpha, *values], ["float32"] * len(changing), stateful=False)
    for variable, result in zip(changing, results, strict=True):
        result.set_shape(variable.shape)
        variable.assign(result)


# Nothing may be reassociated or contracted: the operations are those of TensorFlow.
@njit(nogil=True, cache=True, error_model="numpy")
def adam(first, last, alpha, rest_1, rest_2, epsilon, gradient, m, v, weights, new_m, new_v, new_weights):
    """A step on the numbers from first to last of flat arrays, float32."""
    for begin in range(first, last, BLOCK):
        part = slice(begin, min(begin + BLOCK, last))
        g, m_before, v_before, w = gradient[part], m[part], v[part], weights[part]
        m_after, v_after, w_after = new_m[part], new_v[part], new_weights[part]
        # One array is written a loop: then LLVM can see that it overlaps no other, and vectorises.
        for i in range(len(g)):
            m_after[i] = m_before[i] + (g[i] - m_before[i]) * rest_1
        for i in range(len(g)):
            v_after[i] = v_before[i] + (g[i] * g[i] - v_before[i]) * rest_2
        for i in range(len(g)):
            w_after[i] = w[i] - (m_after[i] * alpha) / (np.sqrt(v_after[i]) + epsilon)
