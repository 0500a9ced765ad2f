"""The loop of long short-term memory over time, and its gradient; gates in Keras's order: input, forget, cell, output.

z = x_t W + b + h_{t-1} U;  i, f, o = sigmoid(z);  g = tanh(z);  c_t = f c_{t-1} + i g;  h_t = o tanh(c_t)
"""

import numpy as np

from pipelines.layers.loops.arithmetic import ONE, TWO, compiled, sigmoid, tanh
from pipelines.layers.loops.product import add_product, in_lines, lines_for
from pipelines.layers.loops.walk import take_step, take_step_back

EXTRA_IS_OF_INPUTS: bool = False


def saved_widths(units: int) -> tuple[int, ...]:
    """What the gradient needs of each step beside the gates: the hidden and the cell state before it."""
    return units, units


def extra_width(units: int) -> int:
    """The gradient of h U is that of x W + b: nothing is needed beside it."""
    return 0


def weight_gradients(before: np.ndarray, d_projected: np.ndarray, d_extra: np.ndarray) -> list[np.ndarray]:
    """Of the recurrent matrix."""
    return [before.T @ d_projected]


@compiled
def forward(rows, steps, projected, bias, weights, positions, backwards, zero_masked, states, outputs, saved):
    (recurrent,), (h, c), (h_before, c_before) = weights, states, saved
    units, time, keep = h.shape[1], positions.shape[1], h_before.shape[1] > 0
    lines, active = in_lines(recurrent), np.empty(len(rows), np.int64)
    z = lines_for(len(rows), 4 * units)
    hidden = np.empty((len(rows), units), np.float32)
    for step in range(time):
        t = time - 1 - step if backwards else step
        count = take_step(rows, positions, t, step, outputs, zero_masked, active)
        for number in range(count):
            row = active[number]
            given = projected[positions[row, t]]
            for j in range(projected.shape[1]):
                z[number, j] = given[j] + bias[j]
            hidden[number] = h[row]
        add_product(z, hidden, lines, count)
        for number in range(count):
            row = active[number]
            position = positions[row, t]
            if keep:
                h_before[position] = h[row]
                c_before[position] = c[row]
            at, cell, hidden_state = z[number], c[row], h[row]
            i, f, g, o = at[:units], at[units : 2 * units], at[2 * units : 3 * units], at[3 * units : 4 * units]
            # One array is written a loop: then LLVM can see that it overlaps no other, and vectorises.
            for j in range(units):
                g[j] *= TWO
            for j in range(4 * units):
                at[j] = sigmoid(at[j])
            for j in range(units):
                g[j] = TWO * g[j] - ONE  # tanh(x) = 2 sigmoid(2x) - 1
            for j in range(units):
                cell[j] = f[j] * cell[j] + i[j] * g[j]
            for j in range(units):
                hidden_state[j] = o[j] * tanh(cell[j])
            outputs[row, step] = h[row]
            if keep:
                projected[position] = z[number, : 4 * units]


@compiled
def backward(
    rows, steps, projected, weights, positions, backwards, zero_masked, saved, d_outputs, d_states, d_projected, d_extra
):
    (transposed,), (_, c_before), (dh, dc) = weights, saved, d_states
    units, time = dh.shape[1], positions.shape[1]
    lines, active = in_lines(transposed), np.empty(len(rows), np.int64)
    dz = np.empty((len(rows), 4 * units), np.float32)
    d_hidden = lines_for(len(rows), units)
    d_repeated = np.zeros(dh.shape, np.float32)  # of outputs that repeat an earlier step's
    d_h, d_c, squashed = np.empty(units, np.float32), np.empty(units, np.float32), np.empty(units, np.float32)
    for step in range(time - 1, -1, -1):
        t = time - 1 - step if backwards else step
        count = take_step_back(rows, positions, t, step, d_outputs, zero_masked, active, d_repeated)
        for number in range(count):
            row = active[number]
            position = positions[row, t]
            d_output, dh_row, dc_row, repeated = d_outputs[row, step], dh[row], dc[row], d_repeated[row]
            gates, before, dz_row = projected[position], c_before[position], dz[number]
            i, f, g, o = gates[:units], gates[units : 2 * units], gates[2 * units : 3 * units], gates[3 * units :]
            di, df, dg, do = (
                dz_row[:units],
                dz_row[units : 2 * units],
                dz_row[2 * units : 3 * units],
                dz_row[3 * units :],
            )
            for j in range(units):
                d_h[j] = dh_row[j] + d_output[j] + repeated[j]
            for j in range(units):
                repeated[j] = np.float32(0)
            for j in range(units):
                squashed[j] = tanh(f[j] * before[j] + i[j] * g[j])
            for j in range(units):
                d_c[j] = dc_row[j] + d_h[j] * o[j] * (ONE - squashed[j] * squashed[j])
            for j in range(units):
                dc_row[j] = d_c[j] * f[j]
            for j in range(units):
                di[j] = d_c[j] * g[j] * i[j] * (ONE - i[j])
            for j in range(units):
                df[j] = d_c[j] * before[j] * f[j] * (ONE - f[j])
            for j in range(units):
                dg[j] = d_c[j] * i[j] * (ONE - g[j] * g[j])
            for j in range(units):
                do[j] = d_h[j] * squashed[j] * o[j] * (ONE - o[j])
            d_projected[position] = dz_row
            d_hidden[number] = np.float32(0)
        add_product(d_hidden, dz, lines, count)
        for number in range(count):
            dh[active[number]] = d_hidden[number, :units]
