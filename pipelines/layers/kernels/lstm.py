"""The loop of long short-term memory over time, and its gradient; gates in Keras's order: input, forget, cell, output.

z = x_t W + b + h_{t-1} U;  i, f, o = sigmoid(z);  g = tanh(z);  c_t = f c_{t-1} + i g;  h_t = o tanh(c_t)
"""

import numpy as np

from pipelines.layers.loops.arithmetic import ONE, TWO, compiled, sigmoid, tanh
from pipelines.layers.loops.product import add_product, in_panels, sums_for

EXTRA_IS_OF_INPUTS = False


def saved_widths(units: int) -> tuple[int, ...]:
    """What the gradient needs of each step: the hidden state before it, the gates, the cell state before it."""
    return units, 4 * units, units


def extra_width(units: int) -> int:
    """The gradient of h U is that of x W + b: nothing is needed beside it."""
    return 0


def weight_gradients(h_before: np.ndarray, d_projected: np.ndarray, d_extra: np.ndarray) -> list[np.ndarray]:
    """Of the recurrent matrix."""
    return [h_before.T @ d_projected]


@compiled
def forward(rows, steps, projected, bias, weights, positions, backwards, zero_masked, states, outputs, saved):
    (recurrent,), (h, c), (h_before, gates, c_before) = weights, states, saved
    units, time, keep = h.shape[1], positions.shape[1], gates.shape[1] > 0
    panels, active = in_panels(recurrent), np.empty(len(rows), np.int64)
    z = sums_for(len(rows), 4 * units)
    hidden = np.empty((len(rows), units), np.float32)
    for step in range(time):
        t = time - 1 - step if backwards else step
        count = 0
        for row in rows:
            position = positions[row, t]
            if position >= 0:
                for j in range(projected.shape[1]):
                    z[count, j] = projected[position, j] + bias[j]
                hidden[count] = h[row]
                active[count] = row
                count += 1
            else:
                for j in range(units):
                    outputs[row, step, j] = np.float32(0) if zero_masked or step == 0 else outputs[row, step - 1, j]
        add_product(z, hidden, panels, count)
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
                gates[position] = z[number, : 4 * units]


@compiled
def backward(rows, weights, positions, backwards, zero_masked, saved, d_outputs, d_states, d_projected, d_extra):
    (transposed,), (_, gates, c_before), (dh, dc) = weights, saved, d_states
    units, time = dh.shape[1], positions.shape[1]
    panels, active = in_panels(transposed), np.empty(len(rows), np.int64)
    dz = np.empty((len(rows), 4 * units), np.float32)
    d_hidden = sums_for(len(rows), units)
    d_repeated = np.zeros((len(rows), units), np.float32)  # of outputs that repeat an earlier step's
    d_h, d_c, squashed = np.empty(units, np.float32), np.empty(units, np.float32), np.empty(units, np.float32)
    for step in range(time - 1, -1, -1):
        t = time - 1 - step if backwards else step
        count = 0
        for share in range(len(rows)):
            row = rows[share]
            position = positions[row, t]
            if position < 0:
                if not zero_masked:
                    for j in range(units):
                        d_repeated[share, j] += d_outputs[row, step, j]
                continue
            d_output, dh_row, dc_row, repeated = d_outputs[row, step], dh[row], dc[row], d_repeated[share]
            kept, before, dz_row = gates[position], c_before[position], dz[count]
            i, f, g, o = kept[:units], kept[units : 2 * units], kept[2 * units : 3 * units], kept[3 * units :]
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
            d_hidden[count] = np.float32(0)
            active[count] = row
            count += 1
        add_product(d_hidden, dz, panels, count)
        for number in range(count):
            dh[active[number]] = d_hidden[number, :units]
