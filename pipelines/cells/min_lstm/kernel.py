"""The loop of minLSTM over time, and its gradient: two gates and a candidate of each step, then the shared recurrence.

With f = sigmoid(k_f) and i = sigmoid(k_i) the state keeps the share a = f / (f + i), worked out as
(1 + e^-k_i) / ((1 + e^-k_f) + (1 + e^-k_i)): no gate is rounded to zero before it is divided.
da/dk_f = a (1 - a) (1 - f);  da/dk_i = -a (1 - a) (1 - i)
"""

import numpy as np

from pipelines.layers.loops.arithmetic import ONE, compiled, exp
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
    inverse = np.empty(units, np.float32)
    for row in rows:
        for position in positions[row]:
            if position >= 0:
                candidate, forget = projected[position, :units], projected[position, units : 2 * units]
                both = projected[position, 2 * units :]
                for j in range(units):
                    candidate[j] += bias[j]
                for j in range(units):
                    inverse[j] = ONE + exp(-(forget[j] + bias[units + j]))  # 1 / f
                for j in range(units):
                    both[j] = ONE + exp(-(both[j] + bias[2 * units + j]))  # 1 / i
                for j in range(units):
                    forget[j] = both[j] / (inverse[j] + both[j])
                for j in range(units):
                    both[j] = ONE / inverse[j] + ONE / both[j]
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
                kept, both = projected[position, units : 2 * units], projected[position, 2 * units :]
                d_forget, d_input = d_projected[position, units : 2 * units], d_projected[position, 2 * units :]
                for j in range(units):
                    d_input[j] = -d_forget[j] * kept[j] * (ONE - kept[j]) * (ONE - (ONE - kept[j]) * both[j])
                for j in range(units):
                    d_forget[j] *= kept[j] * (ONE - kept[j]) * (ONE - kept[j] * both[j])
