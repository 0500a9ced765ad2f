"""One step of a loop over padded sequences: which rows have a real one, and what stands at the masked ones."""

import numpy as np

from pipelines.layers.loops.arithmetic import compiled


@compiled
def take_step(rows, positions, t, step, outputs, zero_masked, active):
    """Puts the rows with a real step at time t into `active`; the outputs of the others are zero or the step's before.

    Args:
        rows: int64, of the batch.
        positions: int64 (batch, time), negative at masked steps.
        t: the time, and `step`, how many steps came before it.
        outputs: float32 (batch, time, units), in the order of the steps.
        zero_masked: whether outputs of masked steps are zero.
        active: int64, room for all rows.

    Returns:
        How many rows have a real step.
    """
    count = 0
    for row in rows:
        if positions[row, t] >= 0:
            active[count] = row
            count += 1
        else:
            for j in range(outputs.shape[2]):
                outputs[row, step, j] = np.float32(0) if zero_masked or step == 0 else outputs[row, step - 1, j]
    return count


@compiled
def take_step_back(rows, positions, t, step, d_outputs, zero_masked, active, d_repeated):
    """Puts the rows with a real step at time t into `active`; adds up the gradients of outputs that repeat a step's.

    Args:
        rows: as in `take_step`, and so are the arguments up to `active`.
        d_outputs: float32 (batch, time, units), gradients of the outputs.
        d_repeated: float32 (batch, units), the sum over masked steps since a real one; the caller empties it.

    Returns:
        How many rows have a real step.
    """
    count = 0
    for row in rows:
        if positions[row, t] >= 0:
            active[count] = row
            count += 1
        elif not zero_masked:
            for j in range(d_outputs.shape[2]):
                d_repeated[row, j] += d_outputs[row, step, j]
    return count
