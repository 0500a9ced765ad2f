"""The contract of a cell's compiled loop."""

from typing import Protocol

import numpy as np


class Kernel(Protocol):
    """What the module `kernel.py` of a cell's folder offers: its loop over time and the gradient, no Keras in it.

    `forward` and `backward` are compiled by numba; arrays are NumPy's, of float32 unless said otherwise. They work on
    some `rows` of a batch. The rows don't depend on each other: each thread takes its share of them through the whole
    sequence and never waits for another within a step.

    The real steps of all sequences stand one below the other; `positions` tells which of them a row has at which time.
    The product of all inputs with the weights, `projected`, stands before the loop. Where a gradient will be asked for,
    `forward` writes over it what `backward` needs of a step first: the gates, and so on. What else it needs goes into
    `saved`. Arrays that are named d_ hold gradients.
    """

    EXTRA_IS_OF_INPUTS: bool  # whether `d_extra` is a gradient of the inputs, where they are as wide as the state

    def saved_widths(self, units: int) -> tuple[int, ...]:
        """The widths of the arrays in `saved`, (steps, width) each; the first holds a state before each step."""
        ...

    def extra_width(self, units: int) -> int:
        """The width of `d_extra`, possibly 0: what `backward` gives of each step beside the gradient of `projected`."""
        ...

    def weight_gradients(self, before: np.ndarray, d_projected: np.ndarray, d_extra: np.ndarray) -> list[np.ndarray]:
        """The gradients of the loop's own weights, as products over all steps of a share.

        Args:
            before: the first array of `saved`, (steps, width).
            d_projected: (steps, columns of the weights that inputs go through).
            d_extra: (steps, `extra_width`).
        """
        ...

    def forward(
        self,
        *,
        rows: np.ndarray,
        steps: np.ndarray,
        projected: np.ndarray,
        bias: np.ndarray,
        weights: tuple[np.ndarray, ...],
        positions: np.ndarray,
        backwards: bool,
        zero_masked: bool,
        states: tuple[np.ndarray, ...],
        outputs: np.ndarray,
        saved: tuple[np.ndarray, ...],
    ) -> None:
        """Runs the loop and writes into `outputs`, `states` and, unless their width is 0, `projected` and `saved`.

        Args:
            rows: of the batch, int64.
            steps: the inputs, (steps, features).
            projected: their product with the weights that inputs go through, (steps, columns), without the bias.
            bias: of all gates, (columns,).
            weights: the loop's own, as the layer's `loop_weights` gives them: (units, columns) a recurrent matrix.
            positions: int64 (batch, time), where among `steps` a step stands; negative at masked ones.
            backwards: whether the last step comes first.
            zero_masked: whether outputs of masked steps are zero; else they repeat the step before.
            states: each (batch, units), in the layer's order: before the first step, and afterwards after the last.
            outputs: (batch, time, units), in the order of the steps taken.
            saved: as `saved_widths` says, or each (steps, 0) where no gradient will be asked for.
        """
        ...

    def backward(
        self,
        *,
        rows: np.ndarray,
        steps: np.ndarray,
        projected: np.ndarray,
        weights: tuple[np.ndarray, ...],
        positions: np.ndarray,
        backwards: bool,
        zero_masked: bool,
        saved: tuple[np.ndarray, ...],
        d_outputs: np.ndarray,
        d_states: tuple[np.ndarray, ...],
        d_projected: np.ndarray,
        d_extra: np.ndarray,
    ) -> None:
        """Runs the loop's gradient and writes into `d_states`, `d_projected` and `d_extra`.

        Args:
            rows: as in `forward`, and so are `steps`, `positions`, `backwards` and `zero_masked`.
            projected: what `forward` wrote over it, and so is `saved`.
            weights: those of `forward`, matrices transposed.
            d_outputs: (batch, time, units).
            d_states: each (batch, units): of the states after the last step, and afterwards of those before the first.
            d_projected: to write, (steps, columns).
            d_extra: to write, (steps, `extra_width`).
        """
        ...
