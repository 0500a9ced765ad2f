"""The loop of the quasi-recurrent network over time, and its gradient: a convolution, then the shared recurrence.

Each step is multiplied by all taps of the filter at once: `projected` holds what it gives to the candidate and the
gates of its own step, and behind that what it gives to those of the next step, of the one after, and so on. What the
last steps give to steps that are still to come is carried in the states beside c.

Of a row's real steps the r-th (from 0) reads its own part, part j of step r - j, and, of the carried sums, the r-th.
"""

import numpy as np

from pipelines.layers.loops.arithmetic import ONE, compiled, sigmoid, tanh
from pipelines.layers.loops.mixing import (
    EXTRA_IS_OF_INPUTS,
    extra_width,
    mix,
    mix_back,
    saved_widths,
    weight_gradients,
)

__all__ = ["EXTRA_IS_OF_INPUTS", "backward", "extra_width", "forward", "saved_widths", "weight_gradients"]
PARTS = 3  # candidate, forget gate, output gate


@compiled
def extent(positions, backwards):
    """Where a row's first step stands, which way the next one is, and how many there are."""
    first, count = -1, 0
    for position in positions[::-1] if backwards else positions:
        if position >= 0:
            first = position if first < 0 else first
            count += 1
    return first, -1 if backwards else 1, count


@compiled
def forward(rows, steps, projected, bias, weights, positions, backwards, zero_masked, states, outputs, saved):
    states_c, (before,) = states[0], saved
    units = states_c.shape[1]
    width = PARTS * units
    taps = projected.shape[1] // width
    for row in rows:
        first, way, count = extent(positions[row], backwards)
        for rank in range(count):
            position = first + rank * way
            sums = projected[position, :width]
            for j in range(width):
                sums[j] += bias[j]
            for tap in range(1, min(rank, taps - 1) + 1):
                earlier = projected[position - tap * way, tap * width : (tap + 1) * width]
                for j in range(width):
                    sums[j] += earlier[j]
            if rank < taps - 1:
                for part in range(PARTS):
                    some, carried = sums[part * units : (part + 1) * units], states[1 + PARTS * rank + part][row]
                    for j in range(units):
                        some[j] += carried[j]
            candidate, gates = sums[:units], sums[units:]
            for j in range(units):
                candidate[j] = tanh(candidate[j])
            for j in range(2 * units):
                gates[j] = sigmoid(gates[j])
        mix(row, projected, positions, backwards, zero_masked, True, states_c[row], outputs, before)
        if count:
            for ahead in range(taps - 1):  # those of later steps are read before they are written
                for part in range(PARTS):
                    carried = states[1 + PARTS * ahead + part][row]
                    if count + ahead < taps - 1:
                        carried[:] = states[1 + PARTS * (count + ahead) + part][row]
                    else:
                        carried[:] = np.float32(0)
                    for tap in range(ahead + 1, min(count + ahead, taps - 1) + 1):
                        start = tap * width + part * units
                        given = projected[first + (count + ahead - tap) * way, start : start + units]
                        for j in range(units):
                            carried[j] += given[j]


@compiled
def backward(
    rows, steps, projected, weights, positions, backwards, zero_masked, saved, d_outputs, d_states, d_projected, d_extra
):
    d_states_c, (before,) = d_states[0], saved
    units = d_states_c.shape[1]
    width = PARTS * units
    taps = projected.shape[1] // width
    d_h, d_repeated = np.empty(units, np.float32), np.empty(units, np.float32)
    for row in rows:
        mix_back(row, projected, positions, backwards, zero_masked, True, before, d_outputs, d_states_c[row],
                 d_projected, d_h, d_repeated)  # fmt: skip
        first, way, count = extent(positions[row], backwards)
        for rank in range(count):
            position = first + rank * way
            candidate, d_candidate = projected[position, :units], d_projected[position, :units]
            gates, d_gates = projected[position, units:width], d_projected[position, units:width]
            for j in range(units):
                d_candidate[j] *= ONE - candidate[j] * candidate[j]
            for j in range(2 * units):
                d_gates[j] *= gates[j] * (ONE - gates[j])
        for rank in range(count):
            for tap in range(1, taps):
                given = d_projected[first + rank * way, tap * width : (tap + 1) * width]
                if rank + tap < count:
                    given[:] = d_projected[first + (rank + tap) * way, :width]
                else:
                    for part in range(PARTS):
                        d_carried = d_states[1 + PARTS * (rank + tap - count) + part][row]
                        given[part * units : (part + 1) * units] = d_carried
        for ahead in range(taps - 2, -1, -1):  # those of earlier steps are read before they are written
            for part in range(PARTS):
                d_carried = d_states[1 + PARTS * ahead + part][row]
                if ahead < count:
                    d_carried[:] = d_projected[first + ahead * way, part * units : (part + 1) * units]
                else:
                    d_carried[:] = d_states[1 + PARTS * (ahead - count) + part][row]
