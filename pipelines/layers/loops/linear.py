"""Recurrent layers of Keras whose gates depend on no state: c_t = f_t c_{t-1} + (1 - f_t) g_t, h_t = o_t c_t.

On TensorFlow and a CPU the cell's compiled loop runs; elsewhere all steps at once, by an associative scan. Both work on
f itself. Since it stands between 0 and 1, products of it can only shrink, and no logarithms of states are needed.

Reference: Martin & Cundy, "Parallelizing Linear Recurrent Neural Nets Over Sequence Length", ICLR 2018, section 2.
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import keras
from keras import ops

from pipelines.layers.loops.dispatch import CompiledLoop


class LinearCell(keras.layers.Layer, ABC):
    """One step. A cell of a kind says how its gates come from the projected inputs.

    Args:
        units: width of the state and of the output.
        forget_bias: initial bias that keeps the state; above zero, it is kept for longer at the start.
        filter_width: steps that a gate reads: its own and those before it.

    Call arguments:
        inputs: float (batch, features).
        states: c and, for each of the steps to come that this and earlier ones are read by, what is known of each part
            of its gates; each float (batch, units).

    Returns:
        The output, float (batch, units), and the new states.
    """

    PARTS: ClassVar[int]  # of what inputs are projected to: the candidate, and what the gates come from

    def __init__(self, units: int, forget_bias: float = 1.0, filter_width: int = 1, **kwargs) -> None:
        super().__init__(**kwargs)
        self.units = self.output_size = units
        self.forget_bias = forget_bias
        self.filter_width = filter_width
        self.state_size = [units] * (1 + self.PARTS * (filter_width - 1))

    def build(self, input_shape) -> None:
        # The kernel and the order of its steps are those of `keras.layers.Conv1D`.
        shape = (self.filter_width, input_shape[-1], self.PARTS * self.units)
        self.kernel = self.add_weight(shape if self.filter_width > 1 else shape[1:], "lecun_uniform", name="kernel")
        self.bias = self.add_weight(shape[2:], lambda shape, dtype=None: self.first_bias(), name="bias")
        self.built = True

    @abstractmethod
    def first_bias(self) -> Any:
        """The bias at the start, (parts * units,)."""

    @abstractmethod
    def gates(self, sums: Any) -> tuple[Any, Any, Any]:
        """The candidate g, the forget gate f and the output gate o, or None, of projected inputs with their bias."""

    def taps(self) -> Any:
        """The kernel as one matrix, (features, filter_width * parts * units): what an input gives to its own step, to
        the next one, and so on."""
        if self.filter_width == 1:
            return self.kernel
        return ops.concatenate([self.kernel[step] for step in reversed(range(self.filter_width))], axis=-1)

    def sums(self, inputs: Any, carried: list) -> tuple[Any, list]:
        """What the gates come from, (batch, parts * units), and what is known of those of each step to come."""
        given = split(ops.matmul(inputs, self.taps()), self.filter_width)
        rows = [ops.concatenate(carried[n : n + self.PARTS], -1) for n in range(0, len(carried), self.PARTS)]
        sums, *later = [one + other for one, other in zip(given, [*rows, 0.0], strict=True)]
        return sums + self.bias, later

    def call(self, inputs, states, training=False):
        before, *carried = states
        sums, later = self.sums(inputs, carried)
        candidate, forget, output = self.gates(sums)
        state = forget * before + (1 - forget) * candidate
        parts = [part for each in later for part in split(each, self.PARTS)]
        return state if output is None else output * state, [state, *parts]

    def own_config(self) -> dict[str, Any]:
        """The arguments of a layer of this cell that are the cell's."""
        return {"units": self.units, "forget_bias": self.forget_bias}

    def get_config(self):
        return {**super().get_config(), **self.own_config()}


class ScannedLoop(keras.layers.RNN):
    """Runs a linear cell over all steps at once, in as many levels as the number of steps has binary digits.

    Keras's scan cannot be traced by TensorFlow for a number of steps that is not known (3.15.1 compares the lengths of
    two arrays in Python): there Keras's own loop runs.
    """

    def inner_loop(self, sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        """Runs the loop: last output, outputs and states; called by `keras.layers.RNN`."""
        if self.unroll or sequences.shape[1] is None:
            return super().inner_loop(sequences, initial_state, mask, training)
        sequences = ops.flip(sequences, 1) if self.go_backwards else sequences
        if mask is None:
            outputs, states = self.scan(sequences, initial_state, None)
            return outputs[:, -1], outputs, states
        # Real steps are moved to the start of their row, and their outputs to where they are from.
        real = ops.cast(keras.tree.flatten(mask)[0], "bool")
        real = ops.flip(real, 1) if self.go_backwards else real
        steps, counts = ops.cumsum(ops.ones_like(real, "int32"), 1), ops.cumsum(ops.cast(real, "int32"), 1)
        order = ops.argsort(ops.where(real, steps, steps + steps[:, -1:]), 1)
        taken = (steps <= counts[:, -1:])[:, :, None]
        sequences = ops.where(taken, ops.take_along_axis(sequences, order[:, :, None], 1), 0)
        outputs, states = self.scan(sequences, initial_state, taken)
        outputs = ops.take_along_axis(outputs, ops.maximum(counts - 1, 0)[:, :, None], 1)
        shown = real if self.zero_output_for_mask else counts > 0
        outputs = ops.where(shown[:, :, None], outputs, 0)
        return outputs[:, -1], outputs, states

    def scan(self, sequences: Any, initial_state: Any, taken: Any) -> tuple[Any, list]:
        """The outputs, float (batch, time, units), and the last states.

        Args:
            sequences: float (batch, time, features), zero where no step is.
            initial_state: of the cell.
            taken: bool (batch, time, 1), where a step is: at the start of each row; everywhere if not given.
        """
        cell, (before, *carried) = self.cell, keras.tree.flatten(initial_state)
        sums, carried = convolved(ops.matmul(sequences, cell.taps()), carried, cell, taken)
        candidate, forget, output = cell.gates(sums + cell.bias)
        if taken is not None:
            forget = ops.where(taken, forget, 1)
        kept, added = ops.associative_scan(composed, (forget, (1 - forget) * candidate), axis=1)
        states = kept * before[:, None] + added
        return states if output is None else output * states, [states[:, -1], *carried]


class LinearRNN(CompiledLoop, ScannedLoop):
    """A linear cell over sequences, with the arguments and the conventions of `keras.layers.RNN`.

    Args:
        cell: of the layer.
        dropout: share of the inputs' features that is dropped in training, the same ones at every step of a sequence.
        seed: of what is dropped.
    """

    def __init__(self, cell: LinearCell, dropout: float = 0.0, seed: int | None = None, **kwargs) -> None:
        super().__init__(cell, **kwargs)
        self.seed = seed
        self.dropped = keras.layers.SpatialDropout1D(dropout, seed=seed)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        return super().call(self.dropped(sequences, training=training), initial_state, mask, training)

    def is_plain(self, training):
        return super().is_plain(training) and not (training and self.dropped.rate)

    @property
    def units(self):
        return self.cell.units

    def input_weights(self):
        cell = self.cell
        return cell.taps(), ops.pad(cell.bias, [[0, (cell.filter_width - 1) * cell.PARTS * cell.units]])

    def loop_weights(self):
        return []

    def get_config(self):
        config = super().get_config()
        del config["cell"]
        return {**config, **self.cell.own_config(), "dropout": self.dropped.rate, "seed": self.seed}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def composed(first: tuple, second: tuple) -> tuple:
    """Of c = k c + a at some steps and at those behind them, k and a of both together."""
    return first[0] * second[0], first[1] * second[0] + second[1]


def convolved(given: Any, carried: list, cell: LinearCell, taken: Any) -> tuple[Any, list]:
    """What each step's gates come from, and what is carried to those behind the last one.

    Args:
        given: float (batch, time, taps * parts * units): what each step gives to its own, the next one, and so on.
        carried: from before, each float (batch, units).
        cell: of the filter.
        taken: as in `ScannedLoop.scan`.
    """
    if not carried:
        return given, []
    later = cell.filter_width - 1
    time = ops.shape(given)[1]
    behind = [[0, 0], [0, later], [0, 0]]
    parts = split(ops.pad(given, behind), cell.filter_width)  # a roll brings round nothing but zeros
    sums = sum(ops.roll(part, step, 1) for step, part in enumerate(parts))
    rows = [ops.concatenate(carried[n : n + cell.PARTS], -1) for n in range(0, len(carried), cell.PARTS)]
    sums += ops.pad(ops.stack(rows, 1), [[0, 0], [0, time], [0, 0]])
    lengths = ops.sum(ops.cast(taken, "int32"), 1) if taken is not None else ops.full((1, 1), time, "int32")
    ends = [ops.take_along_axis(sums, (lengths + step)[:, :, None], 1)[:, 0] for step in range(later)]
    return sums[:, :time], [part for end in ends for part in split(end, cell.PARTS)]


def split(joined: Any, parts: int) -> list:
    """Cuts the last dimension into equal parts."""
    return ops.split(joined, parts, -1)
