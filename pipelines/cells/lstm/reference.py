"""The equations of long short-term memory, gates in Keras's order: input, forget, cell, output.

i, f, o = sigmoid(x_t W + h_{t-1} U + b), each of its own W, U and b;  g = tanh(x_t W_g + h_{t-1} U_g + b_g)
c_t = f c_{t-1} + i g;  h_t = o tanh(c_t)
"""

from collections.abc import Sequence

import numpy as np


def step(
    inputs: np.ndarray, states: Sequence[np.ndarray], weights: Sequence[np.ndarray]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """One step: the output, and the states h and c after it."""
    h, c = states
    (w_i, w_f, w_g, w_o), (u_i, u_f, u_g, u_o), (b_i, b_f, b_g, b_o) = (np.split(part, 4, -1) for part in weights)
    i = sigmoid(inputs @ w_i + h @ u_i + b_i)
    f = sigmoid(inputs @ w_f + h @ u_f + b_f)
    g = np.tanh(inputs @ w_g + h @ u_g + b_g)
    o = sigmoid(inputs @ w_o + h @ u_o + b_o)
    c = f * c + i * g
    h = o * np.tanh(c)
    return h, [h, c]


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x)."""
    return 1 / (1 + np.exp(-x))
