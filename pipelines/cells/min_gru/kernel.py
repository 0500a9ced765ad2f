"""The loop of minGRU over time, and its gradient: a gate and a candidate of each step, then the shared recurrence."""

import numpy as np

from pipelines.layers.loops.arithmetic import ONE, compiled, sigmoid
from pipelines.layers.loops.mixing import (
    EXTRA_IS_OF_INPUTS,
    extra_width,
    mix,
    mix_back,
    saved_widths,
    weight_gradients,
)

__all__ = ["EXTRA_IS_OF_INPUTS", "backward", "extra_width", "forward", "saved_widths", "weight_gradients"]


@compiled
def forward(rows, steps, projected, bias, weights, positions, backwards, zero_masked, states, outputs, saved):
    (states_h,), (before,) = states, saved
    units = states_h.shape[1]
    for row in rows:
        for position in positions[row]:
            if position >= 0:
                candidate, forget = projected[position, :units], projected[position, units:]
                for j in range(units):
                    candidate[j] += bias[j]
                for j in range(units):
                    forget[j] = sigmoid(-(forget[j] + bias[units + j]))  # 1 - z
        mix(row, projected, positions, backwards, zero_masked, False, states_h[row], outputs, before)


@compiled
def backward(
    rows, steps, projected, weights, positions, backwards, zero_masked, saved, d_outputs, d_states, d_projected, d_extra
):
    (before,), (d_states_h,) = saved, d_states
    units = d_states_h.shape[1]
    d_h, d_repeated = np.empty(units, np.float32), np.empty(units, np.float32)
    for row in rows:
        mix_back(row, projected, positions, backwards, zero_masked, False, before, d_outputs, d_states_h[row],
                 d_projected, d_h, d_repeated)  # fmt: skip
        for position in positions[row]:
            if position >= 0:
                forget, d_update = projected[position, units:], d_projected[position, units:]
                for j in range(units):
                    d_update[j] *= -forget[j] * (ONE - forget[j])
