"""Recurrent layers on TensorFlow and a CPU: the compiled loops of cells as operations with gradients.

The one file of the layers that holds TensorFlow. Each thread takes its rows of the batch through everything: the
product of all their inputs, the loop, and after it the products that are the gradients of the weights.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import numpy as np
import tensorflow as tf

from pipelines.layers.loops.arithmetic import column_sums
from pipelines.layers.loops.kernel import Kernel
from pipelines.layers.loops.memory import copy_of, uninitialised
from pipelines.layers.loops.threads import share_rows


def run(
    kernel: Kernel,
    steps: Any,
    input_weights: tuple[Any, Any],
    loop_weights: Sequence[Any],
    states: Sequence[Any],
    positions: Any,
    backwards: bool,
    zero_masked: bool,
    training: bool,
) -> tuple[Any, list[Any]]:
    """Runs a cell over sequences. All tensors but `positions` are float32.

    Args:
        kernel: the module of the cell's loop.
        steps: the inputs of the real steps alone, (steps, features).
        input_weights: matrix (features, width) and bias (width,) for all gates.
        loop_weights: what the loop takes itself: the recurrent matrix and, for a GRU, its bias; an SRU's peepholes.
        states: the cell's states before the first step, each (batch, units).
        positions: int64 (batch, time), where among `steps` a step stands; negative at masked ones.
        backwards: whether the last step comes first; outputs are in the order of the steps taken.
        zero_masked: whether outputs of masked steps are zero; else they repeat the step before.
        training: whether to keep what the gradient needs; else a gradient runs the loop again.

    Returns:
        Outputs, (batch, time, units), and the states after the last step.
    """
    units = states[0].shape[-1]
    widths = kernel.saved_widths(units)
    flags = {"backwards": backwards, "zero_masked": zero_masked}

    def forward(keep: bool, positions: Any, steps: Any, matrix: Any, bias: Any, *rest: Any) -> list[np.ndarray]:
        projected = uninitialised(len(steps), matrix.shape[1])
        last = tuple(copy_of(state) for state in rest[len(loop_weights) :])
        outputs = uninitialised(*positions.shape, units)
        saved = tuple(uninitialised(len(steps), width * keep) for width in widths)

        def share(rows: np.ndarray, part: slice) -> None:
            np.matmul(steps[part], matrix, out=projected[part])
            kernel.forward(
                rows=rows,
                steps=steps,
                projected=projected,
                bias=bias,
                weights=rest[: len(loop_weights)],
                positions=positions,
                **flags,
                states=last,
                outputs=outputs,
                saved=saved,
            )

        share_rows(positions, share)
        return [outputs, *last, projected, *saved]

    def backward(positions: Any, steps: Any, projected: Any, d_outputs: Any, *rest: Any) -> list[np.ndarray]:
        transposed, rest = rest[: len(loop_weights)], rest[len(loop_weights) :]
        d_states, saved = tuple(copy_of(gradient) for gradient in rest[: len(states)]), rest[len(states) :]
        d_projected = uninitialised(*projected.shape)
        d_extra = uninitialised(len(steps), kernel.extra_width(units))

        def share(rows: np.ndarray, part: slice) -> list[np.ndarray]:
            kernel.backward(
                rows=rows,
                steps=steps,
                projected=projected,
                weights=transposed,
                positions=positions,
                **flags,
                saved=saved,
                d_outputs=d_outputs,
                d_states=d_states,
                d_projected=d_projected,
                d_extra=d_extra,
            )
            of_inputs = [steps[part].T @ d_projected[part], column_sums(d_projected[part])]
            return of_inputs + kernel.weight_gradients(saved[0][part], d_projected[part], d_extra[part])

        d_weights = [reduce(np.add, parts) for parts in zip(*share_rows(positions, share), strict=True)]
        return [d_projected, d_extra, *d_weights, *d_states]

    def forward_operation(keep: bool, *arguments: Any) -> list:
        return _numpy(partial(forward, keep), [positions, *arguments], 2 + len(states) + len(widths))

    @tf.custom_gradient
    def loop(*arguments: Any) -> Any:
        results = forward_operation(training, *arguments)
        outputs, last = results[0], results[1 : 1 + len(states)]
        outputs.set_shape((*positions.shape, units))
        for state, before in zip(last, states, strict=True):
            state.set_shape(before.shape)

        def gradient(d_outputs: Any, *d_last: Any) -> Any:
            projected, *saved = (results if training else forward_operation(True, *arguments))[1 + len(states) :]
            transposed = [tf.transpose(weight) if len(weight.shape) == 2 else weight for weight in loop_weights]
            inputs = [positions, steps, projected, d_outputs, *transposed, *d_last, *saved]
            d_projected, d_extra, *d_others = _numpy(backward, inputs, 4 + len(loop_weights) + len(states))
            for tensor, like in zip(d_others, (*input_weights, *loop_weights, *states), strict=True):
                tensor.set_shape(like.shape)
            # TensorFlow leaves this product out where nobody asks for the gradient of the inputs.
            matrix = input_weights[0]
            d_steps = tf.matmul(tf.ensure_shape(d_projected, (None, matrix.shape[1])), matrix, transpose_b=True)
            if kernel.EXTRA_IS_OF_INPUTS and matrix.shape[0] == units:
                d_steps += tf.ensure_shape(d_extra, (None, units))
            return d_steps, *d_others

        return (outputs, *last), gradient

    outputs, *last = loop(steps, *input_weights, *loop_weights, *states)
    return outputs, last


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


def has_gpu() -> bool:
    """Whether TensorFlow has a GPU to run on."""
    return bool(tf.config.list_logical_devices("GPU"))


def _numpy(function: Callable, arguments: list, results: int) -> list:
    return tf.numpy_function(function, arguments, [tf.float32] * results, stateful=False)
