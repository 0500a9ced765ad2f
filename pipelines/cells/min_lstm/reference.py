"""The equations of minLSTM.

f = sigmoid(x_t W_f + b_f);  i = sigmoid(x_t W_i + b_i);  g = x_t W + b
h_t = f / (f + i) h_{t-1} + i / (f + i) g
"""

from collections.abc import Sequence

import numpy as np


def step(
    inputs: np.ndarray, states: Sequence[np.ndarray], weights: Sequence[np.ndarray], forget_bias: float = 1.0
) -> tuple[np.ndarray, list[np.ndarray]]:
    """One step: the output and the state h after it, which are the same; the bias at the start matters no more."""
    (h,) = states
    w, b = weights
    g, of_f, of_i = np.split(inputs @ w + b, 3, -1)
    f, i = (1 / (1 + np.exp(-part)) for part in (of_f, of_i))
    h = f / (f + i) * h + i / (f + i) * g
    return h, [h]
