"""The loop of the gated recurrent unit over time, and its gradient; gates in Keras's order: update, reset, candidate.

z, r = sigmoid(x_t W + b + h_{t-1} U + b');  g = tanh(x_t W + b + r (h_{t-1} U + b'));  h_t = z h_{t-1} + (1 - z) g
"""

import numpy as np

from pipelines.layers.loops.arithmetic import ONE, column_sums, compiled, sigmoid, tanh
from pipelines.layers.loops.product import add_product, in_lines, lines_for
from pipelines.layers.loops.walk import take_step, take_step_back

EXTRA_IS_OF_INPUTS: bool = False


def saved_widths(units: int) -> tuple[int, ...]:
    """What the gradient needs of each step beside the gates: the state before it, what the reset gate is applied to."""
    return units, units


def extra_width(units: int) -> int:
    """Of the candidate's gradient of h U + b', which is not that of x W + b: the reset gate stands between."""
    return units


def weight_gradients(before: np.ndarray, d_projected: np.ndarray, d_extra: np.ndarray) -> list[np.ndarray]:
    """Of the recurrent matrix and its bias."""
    parts = (d_projected[:, : 2 * before.shape[1]], d_extra)  # of the gates, and of the candidate
    return [np.concatenate([before.T @ part for part in parts], 1), np.concatenate([*map(column_sums, parts)])]


@compiled
def forward(rows, steps, projected, bias, weights, positions, backwards, zero_masked, states, outputs, saved):
    (recurrent, added_bias), (h,), (h_before, added_candidate) = weights, states, saved
    units, time, keep = h.shape[1], positions.shape[1], h_before.shape[1] > 0
    lines, active = in_lines(recurrent), np.empty(len(rows), np.int64)
    added = lines_for(len(rows), 3 * units)
    hidden = np.empty((len(rows), units), np.float32)
    z = np.empty(3 * units, np.float32)
    for step in range(time):
        t = time - 1 - step if backwards else step
        count = take_step(rows, positions, t, step, outputs, zero_masked, active)
        for number in range(count):
            added[number, : 3 * units] = added_bias
            hidden[number] = h[active[number]]
        add_product(added, hidden, lines, count)
        for number in range(count):
            row = active[number]
            position = positions[row, t]
            if keep:
                h_before[position] = h[row]
            given, plus, state = projected[position], added[number], h[row]
            plus_candidate, given_candidate, bias_candidate = plus[2 * units :], given[2 * units :], bias[2 * units :]
            update, reset, candidate = z[:units], z[units : 2 * units], z[2 * units :]
            # One array is written a loop: then LLVM can see that it overlaps no other, and vectorises.
            for j in range(2 * units):
                z[j] = sigmoid(given[j] + bias[j] + plus[j])
            for j in range(units):
                candidate[j] = tanh(given_candidate[j] + bias_candidate[j] + reset[j] * plus_candidate[j])
            for j in range(units):
                state[j] = update[j] * state[j] + (ONE - update[j]) * candidate[j]
            outputs[row, step] = h[row]
            if keep:
                projected[position] = z
                added_candidate[position] = plus_candidate[:units]


@compiled
def backward(
    rows, steps, projected, weights, positions, backwards, zero_masked, saved, d_outputs, d_states, d_projected, d_extra
):
    (transposed, _), (h_before, added_candidate), (dh,) = weights, saved, d_states
    units, time = dh.shape[1], positions.shape[1]
    lines, active = in_lines(transposed), np.empty(len(rows), np.int64)
    dz = np.empty((len(rows), 3 * units), np.float32)
    d_hidden = lines_for(len(rows), units)
    d_repeated = np.zeros(dh.shape, np.float32)  # of outputs that repeat an earlier step's
    d_h = np.empty(units, np.float32)
    for step in range(time - 1, -1, -1):
        t = time - 1 - step if backwards else step
        count = take_step_back(rows, positions, t, step, d_outputs, zero_masked, active, d_repeated)
        for number in range(count):
            row = active[number]
            position = positions[row, t]
            d_output, dh_row, repeated, d_next = d_outputs[row, step], dh[row], d_repeated[row], d_hidden[number]
            gates, before, plus, dz_row = projected[position], h_before[position], added_candidate[position], dz[number]
            update, reset, candidate = gates[:units], gates[units : 2 * units], gates[2 * units :]
            d_update, d_reset, d_candidate = dz_row[:units], dz_row[units : 2 * units], dz_row[2 * units :]
            for j in range(units):
                d_h[j] = dh_row[j] + d_output[j] + repeated[j]
            for j in range(units):
                repeated[j] = np.float32(0)
            for j in range(units):
                d_update[j] = d_h[j] * (before[j] - candidate[j]) * update[j] * (ONE - update[j])
            for j in range(units):
                d_candidate[j] = d_h[j] * (ONE - update[j]) * (ONE - candidate[j] * candidate[j])
            for j in range(units):
                d_reset[j] = d_candidate[j] * plus[j] * reset[j] * (ONE - reset[j])
            d_projected[position] = dz_row
            for j in range(units):
                d_candidate[j] *= reset[j]
            d_extra[position] = d_candidate
            for j in range(units):
                d_next[j] = d_h[j] * update[j]
        add_product(d_hidden, dz, lines, count)
        for number in range(count):
            dh[active[number]] = d_hidden[number, :units]
