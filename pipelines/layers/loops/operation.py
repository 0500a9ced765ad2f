"""Recurrent layers on TensorFlow and a CPU: the compiled loops of cells as operations with gradients.

The one file of the layers that holds TensorFlow. Each thread takes its rows of the batch through everything: the
product of all their inputs, the loop, and after it the products that are the gradients of the weights.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from pipelines.layers.loops import chain
from pipelines.layers.loops.arithmetic import column_sums
from pipelines.layers.loops.kernel import Kernel
from pipelines.layers.loops.memory import several, uninitialised
from pipelines.layers.loops.threads import share_elements, share_rows


class Direction(NamedTuple):
    """A layer's loop in one direction. Its tensors are float32."""

    input_weights: tuple[Any, Any]  # matrix (features, width) and bias (width,) for all gates
    loop_weights: Sequence[Any]  # the recurrent matrix and, for a GRU, its bias; an SRU's peepholes
    states: Sequence[Any]  # before the first step, each (batch, units)
    backwards: bool  # whether the last step comes first


def run(
    kernel: Kernel, steps: Any, positions: Any, directions: Sequence[Direction], zero_masked: bool, training: bool
) -> tuple[list[Any], list[Any]]:
    """Runs a cell over sequences, in one direction or in several, as one operation.

    Args:
        kernel: the module of the cell's loop.
        steps: the inputs of the real steps alone, float32 (steps, features).
        positions: int64 (batch, time), where among `steps` a step stands; negative at masked ones.
        directions: with as many loop weights and states of the same width each.
        zero_masked: whether outputs of masked steps are zero; else they repeat the step before.
        training: whether to keep what the gradient needs; else a gradient runs the loop again.

    Returns:
        The outputs of each direction, (batch, time, units), in the order of the steps taken, and the states after the
        last step, those of the first direction first.
    """
    count, of_loop, of_state = len(directions), len(directions[0].loop_weights), len(directions[0].states)
    units = directions[0].states[0].shape[-1]
    widths = kernel.saved_widths(units)
    flags = [{"backwards": direction.backwards, "zero_masked": zero_masked} for direction in directions]

    def forward(keep: bool, positions: Any, steps: Any, *arrays: Any) -> list[np.ndarray]:
        given = parted(arrays, count, 2, of_loop, of_state)
        results = [
            several(
                (*positions.shape, units),
                *(state.shape for state in states),
                (len(steps), matrix.shape[1]),
                *((len(steps), width * keep) for width in widths),
            )
            for (matrix, _), _, states in given
        ]

        def share(number: int, rows: np.ndarray, part: slice) -> None:
            (matrix, bias), weights, states = given[number]
            outputs, *others = results[number]
            last, projected, saved = others[:of_state], others[of_state], others[of_state + 1 :]
            for after, before in zip(last, states, strict=True):
                after[rows] = before[rows]
            np.matmul(steps[part], matrix, out=projected[part])
            kernel.forward(
                rows=rows,
                steps=steps,
                projected=projected,
                bias=bias,
                weights=weights,
                positions=positions,
                **flags[number],
                states=tuple(last),
                outputs=outputs,
                saved=tuple(saved),
            )

        share_rows(positions, share, count)
        return [array for of_direction in results for array in of_direction]

    def backward(positions: Any, steps: Any, *arrays: Any) -> list[np.ndarray]:
        given = parted(arrays, count, 1, of_state, of_loop, 1, len(widths))
        results = [
            several(projected.shape, (len(steps), kernel.extra_width(units)), *(each.shape for each in d_last))
            for _, d_last, _, (projected,), _ in given
        ]

        def share(number: int, rows: np.ndarray, part: slice) -> list[np.ndarray]:
            (d_outputs,), d_last, weights, (projected,), saved = given[number]
            d_projected, d_extra, *d_states = results[number]
            for after, before in zip(d_states, d_last, strict=True):
                after[rows] = before[rows]
            kernel.backward(
                rows=rows,
                steps=steps,
                projected=projected,
                weights=tuple(np.ascontiguousarray(weight.T) for weight in weights),
                positions=positions,
                **flags[number],
                saved=saved,
                d_outputs=d_outputs,
                d_states=tuple(d_states),
                d_projected=d_projected,
                d_extra=d_extra,
            )
            of_inputs = [steps[part].T @ d_projected[part], column_sums(d_projected[part])]
            return of_inputs + kernel.weight_gradients(saved[0][part], d_projected[part], d_extra[part])

        shares = share_rows(positions, share, count)
        each = len(shares) // count
        found = []
        for number, (d_projected, d_extra, *d_states) in enumerate(results):
            of_weights = zip(*shares[number * each : (number + 1) * each], strict=True)
            found += [d_projected, d_extra, *(reduce(np.add, parts) for parts in of_weights), *d_states]
        return found

    def forward_operation(keep: bool, *arguments: Any) -> list:
        outputs = count * (2 + of_state + len(widths))
        results = _numpy(partial(forward, keep), [positions, *arguments], outputs)
        return parted(results, count, 1, of_state, 1, len(widths))

    @tf.custom_gradient
    def loop(*arguments: Any) -> Any:
        results = forward_operation(training, *arguments)
        shown = []
        for ((outputs,), last, _, _), direction in zip(results, directions, strict=True):
            outputs.set_shape((*positions.shape, units))
            for state, before in zip(last, direction.states, strict=True):
                state.set_shape(before.shape)
            shown += [outputs, *last]

        def gradient(*d_shown: Any) -> Any:
            kept = results if training else forward_operation(True, *arguments)
            inputs = [positions, steps]
            for (d_outputs, d_last), direction, (_, _, projected, saved) in zip(
                parted(d_shown, count, 1, of_state), directions, kept, strict=True
            ):
                inputs += [*d_outputs, *d_last, *direction.loop_weights, *projected, *saved]
            d_steps, d_arguments = [], []
            found = _numpy(backward, inputs, count * (4 + of_loop + of_state))
            for ((d_projected, d_extra), d_others), direction in zip(
                parted(found, count, 2, 2 + of_loop + of_state), directions, strict=True
            ):
                others = (*direction.input_weights, *direction.loop_weights, *direction.states)
                for tensor, like in zip(d_others, others, strict=True):
                    tensor.set_shape(like.shape)
                d_arguments += d_others
                # TensorFlow leaves this product out where nobody asks for the gradient of the inputs.
                matrix = direction.input_weights[0]
                d_projected = tf.ensure_shape(d_projected, (None, matrix.shape[1]))
                d_steps.append(tf.matmul(d_projected, matrix, transpose_b=True))
                if kernel.EXTRA_IS_OF_INPUTS and matrix.shape[0] == units:
                    d_steps.append(tf.ensure_shape(d_extra, (None, units)))
            return reduce(tf.add, d_steps), *d_arguments

        return tuple(shown), gradient

    weights = [[*each.input_weights, *each.loop_weights, *each.states] for each in directions]
    shown = parted(loop(steps, *(weight for each in weights for weight in each)), count, 1, of_state)
    return [outputs for (outputs,), _ in shown], [state for _, last in shown for state in last]


def parted(arrays: Sequence[Any], count: int, *sizes: int) -> list[list[tuple]]:
    """Arrays of as many directions, one behind the other: for each direction, tuples of these sizes."""
    ends = [*accumulate(sizes, initial=0)]
    wholes = [arrays[first : first + ends[-1]] for first in range(0, count * ends[-1], ends[-1])]
    return [[tuple(whole[start:end]) for start, end in pairwise(ends)] for whole in wholes]


def real_steps(sequences: Any, mask: Any) -> tuple[Any, Any]:
    """The real steps of padded sequences, one below the other.

    Args:
        sequences: (batch, time, features).
        mask: bool (batch, time), true at real steps, or None.

    Returns:
        The steps, (steps, features), and `positions`, int64 (batch, time): where each stands among them, or -1.
    """
    every = tf.reshape(sequences, (-1, sequences.shape[-1]))
    if mask is None:
        positions = tf.range(tf.shape(every, "int64")[0])
        return every, tf.reshape(positions, tf.shape(sequences)[:2])
    is_real = tf.reshape(tf.cast(mask, "bool"), (-1,))
    positions = tf.where(is_real, tf.cumsum(tf.cast(is_real, "int64")) - 1, -1)
    # `tf.boolean_mask` gives the same in more operations, each of which takes its time to be traced.
    return tf.gather(every, tf.reshape(tf.where(is_real), (-1,))), tf.reshape(positions, tf.shape(mask))


def log_partition_increments(potentials: Any, start: Any) -> Any:
    """The forward recursion of a CRF (`chain.py`) as one operation.

    Args:
        potentials: float32 (batch, time, tags, tags).
        start: a_0, float32 (tags,).

    Returns:
        z_t, float32 (batch, time).
    """

    def forward(potentials: Any, start: Any) -> list[np.ndarray]:
        scores, increments = several(potentials.shape[:3], potentials.shape[:2])
        _share_batch(potentials, lambda a, b: chain.forward(a, b, potentials, start, scores, increments))
        return [increments, scores]

    def backward(potentials: Any, start: Any, scores: Any, increments: Any, d_increments: Any) -> list[np.ndarray]:
        d_potentials = uninitialised(*potentials.shape)
        given = potentials, start, scores, increments, d_increments, d_potentials
        _share_batch(potentials, lambda a, b: chain.backward(a, b, *given))
        return [d_potentials]

    @tf.custom_gradient
    def recursion(potentials: Any, start: Any) -> Any:
        increments, scores = _numpy(forward, [potentials, start], 2)
        increments.set_shape(potentials.shape[:2])

        def gradient(d_increments: Any) -> Any:
            (d_potentials,) = _numpy(backward, [potentials, start, scores, increments, d_increments], 1)
            d_potentials.set_shape(potentials.shape)
            return d_potentials, None

        return increments, gradient

    return recursion(potentials, start)


def _share_batch(potentials: np.ndarray, work: Callable[[int, int], None]) -> None:
    """Shares the rows of a batch out among threads."""
    of_row = max(1, potentials[:1].size)
    share_elements([potentials.size], lambda _, begin, end: work(-(-begin // of_row), -(-end // of_row)))


def has_gpu() -> bool:
    """Whether TensorFlow has a GPU to run on."""
    return bool(tf.config.list_logical_devices("GPU"))


def _numpy(function: Callable, arguments: list, results: int) -> list:
    found = tf.numpy_function(function, arguments, [tf.float32] * results, stateful=False)
    return [found] if tf.is_tensor(found) else found
