"""The equations of the gated recurrent unit, gates in Keras's order: update, reset, candidate.

z, r = sigmoid(x_t W + b + h_{t-1} U + b'), each of its own W, U, b and b'
g = tanh(x_t W_g + b_g + r (h_{t-1} U_g + b'_g));  h_t = z h_{t-1} + (1 - z) g
"""

from collections.abc import Sequence

import numpy as np


def step(
    inputs: np.ndarray, states: Sequence[np.ndarray], weights: Sequence[np.ndarray]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """One step: the output and the state h after it."""
    (h,) = states
    (w_z, w_r, w_g), (u_z, u_r, u_g), biases = (np.split(part, 3, -1) for part in weights)
    (b_z, d_z), (b_r, d_r), (b_g, d_g) = biases
    z = sigmoid(inputs @ w_z + b_z + h @ u_z + d_z)
    r = sigmoid(inputs @ w_r + b_r + h @ u_r + d_r)
    g = np.tanh(inputs @ w_g + b_g + r * (h @ u_g + d_g))
    h = z * h + (1 - z) * g
    return h, [h]


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x)."""
    return 1 / (1 + np.exp(-x))
