"""The loop of the simple recurrent unit over time, and its gradient.

Of each step come (u, u_f, u_r) = x_t W, and behind them the highway's input s, if it is projected; else s is x_t.

f = sigmoid(u_f + v_f c_{t-1} + b_f);  r = sigmoid(u_r + v_r c_{t-1} + b_r)
c_t = f c_{t-1} + (1 - f) u;  h_t = r c_t + (1 - r) alpha s
"""

import numpy as np

from pipelines.layers.loops.arithmetic import ONE, compiled, sigmoid

EXTRA_IS_OF_INPUTS: bool = True  # the highway hands them on


def saved_widths(units: int) -> tuple[int, ...]:
    """What the gradient needs of each step beside the candidate, the gates and the highway: the state before it."""
    return (units,)


def extra_width(units: int) -> int:
    """Of the gradient that inputs get through the highway."""
    return units


def weight_gradients(before: np.ndarray, d_projected: np.ndarray, d_extra: np.ndarray) -> list[np.ndarray]:
    """Of the peephole vectors, one behind the other, and none of the scale."""
    units = before.shape[1]
    gates = (d_projected[:, units : 2 * units], d_projected[:, 2 * units : 3 * units])
    return [np.concatenate([np.einsum("ij,ij->j", gate, before) for gate in gates]), np.zeros(1, np.float32)]


@compiled
def forward(rows, steps, projected, bias, weights, positions, backwards, zero_masked, states, outputs, saved):
    (peephole, scale), (states_c,), (c_before,) = weights, states, saved
    units, time, keep = states_c.shape[1], positions.shape[1], c_before.shape[1] > 0
    alpha, is_projected = scale[0], projected.shape[1] > 3 * units
    z, state = np.empty(2 * units, np.float32), np.empty(2 * units, np.float32)
    for row in rows:
        c = states_c[row]
        for step in range(time):
            position = positions[row, time - 1 - step if backwards else step]
            output = outputs[row, step]
            if position < 0:
                if zero_masked or step == 0:
                    output[:] = np.float32(0)
                else:
                    output[:] = outputs[row, step - 1]
                continue
            candidate, before_gates = projected[position, :units], projected[position, units : 3 * units]
            highway = projected[position, 3 * units :] if is_projected else steps[position]
            # One array is written a loop: then LLVM can see that it overlaps no other, and vectorises.
            for j in range(units):
                state[j] = c[j]
            for j in range(units):
                state[units + j] = c[j]
            for j in range(2 * units):
                z[j] = sigmoid(before_gates[j] + peephole[j] * state[j] + bias[units + j])
            forget, reset = z[:units], z[units:]
            for j in range(units):
                c[j] = forget[j] * c[j] + (ONE - forget[j]) * candidate[j]
            for j in range(units):
                output[j] = reset[j] * c[j] + (ONE - reset[j]) * alpha * highway[j]
            if keep:
                c_before[position] = state[:units]
                before_gates[:] = z


@compiled
def backward(
    rows, steps, projected, weights, positions, backwards, zero_masked, saved, d_outputs, d_states, d_projected, d_extra
):
    (peephole, scale), (c_before,), (d_states_c,) = weights, saved, d_states
    units, time = d_states_c.shape[1], positions.shape[1]
    alpha, is_projected = scale[0], d_projected.shape[1] > 3 * units
    through_forget, through_reset = peephole[:units], peephole[units:]
    d_h, d_c = np.empty(units, np.float32), np.empty(units, np.float32)
    d_repeated = np.empty(units, np.float32)  # of outputs that repeat an earlier step's
    for row in rows:
        dc = d_states_c[row]
        d_repeated[:] = np.float32(0)
        for step in range(time - 1, -1, -1):
            position = positions[row, time - 1 - step if backwards else step]
            d_output = d_outputs[row, step]
            if position < 0:
                if not zero_masked:
                    for j in range(units):
                        d_repeated[j] += d_output[j]
                continue
            candidate, before = projected[position, :units], c_before[position]
            forget, reset = projected[position, units : 2 * units], projected[position, 2 * units : 3 * units]
            highway = projected[position, 3 * units :] if is_projected else steps[position]
            d_candidate, d_forget = d_projected[position, :units], d_projected[position, units : 2 * units]
            d_reset = d_projected[position, 2 * units : 3 * units]
            d_highway = d_projected[position, 3 * units :] if is_projected else d_extra[position]
            for j in range(units):
                d_h[j] = d_output[j] + d_repeated[j]
            d_repeated[:] = np.float32(0)
            for j in range(units):
                d_c[j] = dc[j] + d_h[j] * reset[j]
            for j in range(units):
                d_candidate[j] = d_c[j] * (ONE - forget[j])
            for j in range(units):
                d_forget[j] = d_c[j] * (before[j] - candidate[j]) * forget[j] * (ONE - forget[j])
            for j in range(units):
                c = forget[j] * before[j] + (ONE - forget[j]) * candidate[j]
                d_reset[j] = d_h[j] * (c - alpha * highway[j]) * reset[j] * (ONE - reset[j])
            for j in range(units):
                d_highway[j] = d_h[j] * (ONE - reset[j]) * alpha
            for j in range(units):
                through_gates = d_forget[j] * through_forget[j] + d_reset[j] * through_reset[j]
                dc[j] = d_c[j] * forget[j] + through_gates
