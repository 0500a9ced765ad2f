"""The equations of minGRU.

z = sigmoid(x_t W_z + b_z);  g = x_t W + b;  h_t = (1 - z) h_{t-1} + z g
"""

from collections.abc import Sequence

import numpy as np


def step(
    inputs: np.ndarray, states: Sequence[np.ndarray], weights: Sequence[np.ndarray], forget_bias: float = 1.0
) -> tuple[np.ndarray, list[np.ndarray]]:
    """One step: the output and the state h after it, which are the same; the bias at the start matters no more."""
    (h,) = states
    w, b = weights
    g, of_z = np.split(inputs @ w + b, 2, -1)
    z = 1 / (1 + np.exp(-of_z))
    h = (1 - z) * h + z * g
    return h, [h]
