"""The loop of the simple recurrent network over time, and its gradient: h_t = tanh(x_t W + b + h_{t-1} U)."""

import numpy as np

from pipelines.layers.loops.arithmetic import ONE, compiled, tanh
from pipelines.layers.loops.product import add_product, in_lines, lines_for
from pipelines.layers.loops.walk import take_step, take_step_back

EXTRA_IS_OF_INPUTS: bool = False


def saved_widths(units: int) -> tuple[int, ...]:
    """What the gradient needs of each step beside the hidden state after it: the one before it."""
    return (units,)


def extra_width(units: int) -> int:
    """The gradient of h U is that of x W + b: nothing is needed beside it."""
    return 0


def weight_gradients(before: np.ndarray, d_projected: np.ndarray, d_extra: np.ndarray) -> list[np.ndarray]:
    """Of the recurrent matrix."""
    return [before.T @ d_projected]


@compiled
def forward(rows, steps, projected, bias, weights, positions, backwards, zero_masked, states, outputs, saved):
    (recurrent,), (h,), (h_before,) = weights, states, saved
    units, time, keep = h.shape[1], positions.shape[1], h_before.shape[1] > 0
    lines, active = in_lines(recurrent), np.empty(len(rows), np.int64)
    z = lines_for(len(rows), units)
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
            for j in range(units):
                z[number, j] = tanh(z[number, j])
            if keep:
                h_before[position] = h[row]
                projected[position] = z[number, :units]
            h[row] = z[number, :units]
            outputs[row, step] = z[number, :units]


@compiled
def backward(
    rows, steps, projected, weights, positions, backwards, zero_masked, saved, d_outputs, d_states, d_projected, d_extra
):
    (transposed,), (dh,) = weights, d_states
    units, time = dh.shape[1], positions.shape[1]
    lines, active = in_lines(transposed), np.empty(len(rows), np.int64)
    dz = np.empty((len(rows), units), np.float32)
    d_hidden = lines_for(len(rows), units)
    d_repeated = np.zeros(dh.shape, np.float32)  # of outputs that repeat an earlier step's
    for step in range(time - 1, -1, -1):
        t = time - 1 - step if backwards else step
        count = take_step_back(rows, positions, t, step, d_outputs, zero_masked, active, d_repeated)
        for number in range(count):
            row = active[number]
            position = positions[row, t]
            d_output, dh_row, repeated = d_outputs[row, step], dh[row], d_repeated[row]
            after, dz_row = projected[position], dz[number]
            for j in range(units):
                dz_row[j] = (dh_row[j] + d_output[j] + repeated[j]) * (ONE - after[j] * after[j])
            for j in range(units):
                repeated[j] = np.float32(0)
            d_projected[position] = dz_row
            d_hidden[number] = np.float32(0)
        add_product(d_hidden, dz, lines, count)
        for number in range(count):
            dh[active[number]] = d_hidden[number, :units]
