"""The recurrence c_t = f_t c_{t-1} + (1 - f_t) g_t, h_t = o_t c_t, compiled for a CPU: f, g and o depend on no state.

Cells with no product in their loop share it. What is their own, how f, g and o come from the inputs, stands before it
and after its gradient, row by row, so that a row's numbers are still in the cache. Of each step `projected` holds g, f
and, where a cell is gated, o, each `units` wide and in this order; the gradients stand likewise in `d_projected`. What
else a kernel has to offer is the same for all of them.
"""

import numpy as np

from pipelines.layers.loops.arithmetic import ONE
from pipelines.layers.loops.product import in_order

EXTRA_IS_OF_INPUTS: bool = False


def saved_widths(units: int) -> tuple[int, ...]:
    """What the gradient needs of each step beside g, f and o: the state before it."""
    return (units,)


def extra_width(units: int) -> int:
    """There is no other gradient."""
    return 0


def weight_gradients(before: np.ndarray, d_projected: np.ndarray, d_extra: np.ndarray) -> list[np.ndarray]:
    """The loop has no weights."""
    return []


@in_order  # else LLVM makes g + f (c - g) of it, which is not c where f is one
def mix(row, projected, positions, backwards, zero_masked, gated, c, outputs, c_before):
    """Runs a row.

    Args:
        row: of the batch.
        projected: float32 (steps, columns), as above.
        positions: int64 (batch, time), where a step stands; negative at masked ones. The arguments from here to
            `zero_masked` are as a kernel's.
        gated: whether there is an o; else it is one.
        c: the row's state, float32 (units,): before the first step, and afterwards after the last.
        outputs: to write, float32 (batch, time, units).
        c_before: to write the state before each step to, float32 (steps, units) or (steps, 0).
    """
    units, time, keep = len(c), positions.shape[1], c_before.shape[1] > 0
    for step in range(time):
        position = positions[row, time - 1 - step if backwards else step]
        output = outputs[row, step]
        if position < 0:
            if zero_masked or step == 0:
                output[:] = np.float32(0)
            else:
                output[:] = outputs[row, step - 1]
            continue
        g, f = projected[position, :units], projected[position, units : 2 * units]
        if keep:
            c_before[position] = c
        # One array is written a loop: then LLVM can see that it overlaps no other, and vectorises.
        for j in range(units):
            c[j] = f[j] * c[j] + (ONE - f[j]) * g[j]
        if gated:
            o = projected[position, 2 * units : 3 * units]
            for j in range(units):
                output[j] = o[j] * c[j]
        else:
            output[:] = c


@in_order
def mix_back(
    row, projected, positions, backwards, zero_masked, gated, c_before, d_outputs, dc, d_projected, d_h, d_repeated
):
    """The gradient of `mix`.

    Args:
        row: as in `mix`, and so are the arguments up to `c_before`.
        d_outputs: float32 (batch, time, units).
        dc: float32 (units,): of the state after the last step, and afterwards of that before the first.
        d_projected: to write, float32 (steps, columns): of g, f and, if there is one, o.
        d_h: room for a step, float32 (units,), and so is `d_repeated`.
    """
    units, time = len(dc), positions.shape[1]
    d_repeated[:] = np.float32(0)  # of outputs that repeat an earlier step's
    for step in range(time - 1, -1, -1):
        position = positions[row, time - 1 - step if backwards else step]
        d_output = d_outputs[row, step]
        if position < 0:
            if not zero_masked:
                for j in range(units):
                    d_repeated[j] += d_output[j]
            continue
        g, f, before = projected[position, :units], projected[position, units : 2 * units], c_before[position]
        d_g, d_f = d_projected[position, :units], d_projected[position, units : 2 * units]
        for j in range(units):
            d_h[j] = d_output[j] + d_repeated[j]
        d_repeated[:] = np.float32(0)
        if gated:
            o, d_o = projected[position, 2 * units : 3 * units], d_projected[position, 2 * units : 3 * units]
            for j in range(units):
                d_o[j] = d_h[j] * (f[j] * before[j] + (ONE - f[j]) * g[j])
            for j in range(units):
                dc[j] += d_h[j] * o[j]
        else:
            for j in range(units):
                dc[j] += d_h[j]
        for j in range(units):
            d_g[j] = dc[j] * (ONE - f[j])
        for j in range(units):
            d_f[j] = dc[j] * (before[j] - g[j])
        for j in range(units):
            dc[j] *= f[j]
