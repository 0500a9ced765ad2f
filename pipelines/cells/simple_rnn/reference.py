"""The equation of the simple recurrent network: h_t = tanh(x_t W + h_{t-1} U + b)."""

from collections.abc import Sequence

import numpy as np


def step(
    inputs: np.ndarray, states: Sequence[np.ndarray], weights: Sequence[np.ndarray]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """One step: the output and the state h after it."""
    (h,) = states
    w, u, b = weights
    h = np.tanh(inputs @ w + h @ u + b)
    return h, [h]
