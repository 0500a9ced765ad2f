"""The equations of the quasi-recurrent network.

a_t = b + sum over k of x_{t-k} W_k, where W_0 stands last, for the candidate and both gates: a^g, a^f, a^o
g = tanh(a^g);  f = sigmoid(a^f);  o = sigmoid(a^o);  c_t = f c_{t-1} + (1 - f) g;  h_t = o c_t

Beside c, the states are what inputs so far give to a_{t+1}, its three parts one after the other, to a_{t+2}, and so on.
"""

from collections.abc import Sequence

import numpy as np


def step(
    inputs: np.ndarray,
    states: Sequence[np.ndarray],
    weights: Sequence[np.ndarray],
    filter_width: int = 2,
    forget_bias: float = 1.0,
) -> tuple[np.ndarray, list[np.ndarray]]:
    """One step: the output and the states after it; the bias at the start matters no more."""
    c, *carried = states
    w, b = weights
    w = w.reshape(filter_width, inputs.shape[-1], -1)
    known = [np.concatenate(carried[3 * k : 3 * k + 3], -1) for k in range(filter_width - 1)] + [0.0]
    known = [part + inputs @ w[filter_width - 1 - k] for k, part in enumerate(known)]
    of_g, of_f, of_o = np.split(known[0] + b, 3, -1)
    f, o = (1 / (1 + np.exp(-part)) for part in (of_f, of_o))
    c = f * c + (1 - f) * np.tanh(of_g)
    return o * c, [c, *(part for row in known[1:] for part in np.split(row, 3, -1))]
