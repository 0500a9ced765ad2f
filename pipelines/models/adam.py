"""Keras's Adam with the weights of a model updated in one compiled call on a CPU: the same numbers, bit by bit.

m = m + (g - m) (1 - beta_1);  v = v + (g g - v) (1 - beta_2);  w = w - m alpha / (sqrt v + epsilon)

On TensorFlow these are some 30 operations for each weight, which is two fifths of the operations of a small tagger's
step, and each of them passes over the whole of a table of word vectors.

Reference: Kingma & Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, section 2, with alpha as in its last
paragraph.
"""

from typing import Any

import keras
import numpy as np
from keras import ops
from numba import njit

from pipelines.layers.loops.memory import uninitialised
from pipelines.layers.loops.threads import share_elements

BLOCK = 2048  # numbers that stay in the cache from one loop to the next


def update_in_one_call(optimizer: Any) -> None:
    """Changes how an optimiser of Keras updates weights, if it is Adam, on TensorFlow and a CPU.

    What it is saved as, its variables and its clipping stay Keras's.
    """
    if type(optimizer) is not keras.optimizers.Adam or optimizer.amsgrad or keras.backend.backend() != "tensorflow":
        return
    from pipelines.layers.loops.operation import has_gpu

    if not has_gpu():
        optimizer._backend_update_step = lambda *given: _update(optimizer, *given)


def _update(optimizer: Any, gradients: Any, variables: Any, learning_rate: Any) -> None:
    """Takes the place of `_backend_update_step`."""
    import tensorflow as tf

    step = ops.cast(optimizer.iterations + 1, "float32")
    power_1, power_2 = (ops.power(ops.cast(beta, "float32"), step) for beta in (optimizer.beta_1, optimizer.beta_2))
    alpha = ops.cast(learning_rate, "float32") * ops.sqrt(1 - power_2) / (1 - power_1)
    numbers = [optimizer._get_variable_index(variable) for variable in variables]
    changing = [
        *(optimizer._momentums[number] for number in numbers),
        *(optimizer._velocities[number] for number in numbers),
        *variables,
    ]
    constants = np.array([1 - optimizer.beta_1, 1 - optimizer.beta_2, optimizer.epsilon], "float32")

    def updated(alpha: np.ndarray, *arrays: np.ndarray) -> list[np.ndarray]:
        results = [uninitialised(*array.shape) for array in arrays[len(variables) :]]
        flat = [array.ravel() for array in (*arrays, *results)]
        # Of each weight: gradient, m, v, w, and m, v, w after the step.
        of_weight = [flat[number :: len(variables)] for number in range(len(variables))]
        sizes = [array.size for array in arrays[: len(variables)]]
        share_elements(sizes, lambda number, *part: adam(*part, np.float32(alpha), *constants, *of_weight[number]))
        return results

    dense = [tf.convert_to_tensor(gradient) for gradient in gradients]
    values = [ops.convert_to_tensor(variable) for variable in changing]
    results: Any = tf.numpy_function(updated, [alpha, *dense, *values], ["float32"] * len(changing), stateful=False)
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
