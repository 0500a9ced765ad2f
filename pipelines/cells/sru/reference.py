"""The equations of the simple recurrent unit.

f = sigmoid(x_t W_f + v_f c_{t-1} + b_f);  r = sigmoid(x_t W_r + v_r c_{t-1} + b_r)
c_t = f c_{t-1} + (1 - f) x_t W;  h_t = r c_t + (1 - r) alpha s, where s is x_t, or x_t W_s if the widths differ
"""

import math
from collections.abc import Sequence

import numpy as np


def step(
    inputs: np.ndarray, states: Sequence[np.ndarray], weights: Sequence[np.ndarray], highway_bias: float = 0.0
) -> tuple[np.ndarray, list[np.ndarray]]:
    """One step: the output and the state c after it."""
    (c,) = states
    w, v, b = weights
    (v_f, v_r), (b_f, b_r) = np.split(v, 2), np.split(b, 2)
    candidate, of_f, of_r, *projected = np.split(inputs @ w, w.shape[1] // len(v_f), -1)
    alpha = math.sqrt(1 + 2 * math.exp(highway_bias))
    f = sigmoid(of_f + v_f * c + b_f)
    r = sigmoid(of_r + v_r * c + b_r)
    c = f * c + (1 - f) * candidate
    s = projected[0] if projected else inputs
    return r * c + (1 - r) * alpha * s, [c]


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x)."""
    return 1 / (1 + np.exp(-x))
