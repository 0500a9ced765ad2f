"""Recurrent layers of Keras with the compiled loop of their cell, wherever it applies."""

import importlib
import importlib.util
import sys
import warnings
from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import keras
from keras import ops

from pipelines.layers.loops.kernel import Kernel


class CompiledLoop(keras.layers.RNN):
    """Mixed into a recurrent layer of Keras, runs its loop compiled, on TensorFlow and a CPU.

    The compiled loop is the module `kernel` beside the module of the layer's class. The numbers are those of the Keras
    layer. On a GPU, on other backends and without such a module the layer is Keras's own, cuDNN included. So it is
    where a setting is not covered (another activation, recurrent dropout, unrolling); that is said once.

    Args:
        weight_dropout: share of the recurrent weights that a training step leaves out, the same ones for all rows and
            steps; what is left is scaled up. Compiled loops and cuDNN run with it, as they do not with
            `recurrent_dropout`, which leaves out parts of the states.

    Reference: Merity, Keskar & Socher, "Regularizing and Optimizing LSTM Language Models", ICLR 2018, section 2.
    """

    def __init__(self, *args: Any, weight_dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weight_dropout = weight_dropout

    def get_config(self) -> dict:
        """The Keras layer's own, and `weight_dropout` where there is any."""
        return super().get_config() | ({"weight_dropout": self.weight_dropout} if self.weight_dropout else {})

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Builds the cell; one without recurrent weights has none to leave out."""
        super().build(sequences_shape, initial_state_shape)
        if self.weight_dropout and not hasattr(self.cell, "recurrent_kernel"):
            name = type(self).__name__
            raise ValueError(f"{name}: expected no weight_dropout, for it has no recurrent weights; remove it")

    def not_covered(self, training: bool = True) -> str | None:
        """The setting for which the compiled loop has no code, if there is one."""
        cell = self.cell
        expected = {"activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": True}
        for name, value in expected.items():
            got = getattr(cell, name, value)
            if (keras.activations.serialize(got) if callable(got) else got) != value:
                return name
        if getattr(cell, "dropout", 0) and getattr(cell, "implementation", 2) == 1:
            return "implementation"  # with a mask of dropout for each gate
        if training and getattr(cell, "recurrent_dropout", 0):
            return "recurrent_dropout"
        return "unroll" if self.unroll else None

    def inner_loop(self, sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        """Runs the loop: last output, outputs and states; called by `keras.layers.RNN`."""
        if not (training and self.weight_dropout):
            return self._loop(sequences, initial_state, mask, training)
        # Whatever runs reads the weights from the cell; Keras would track what is set there in the usual way.
        cell = vars(self.cell)
        weights = cell["recurrent_kernel"]
        whole = ops.convert_to_tensor(weights)  # on JAX a variable cannot be dropped from
        cell["recurrent_kernel"] = keras.random.dropout(whole, self.weight_dropout, seed=self.cell.seed_generator)
        try:
            return self._loop(sequences, initial_state, mask, training)
        finally:
            cell["recurrent_kernel"] = weights

    def _loop(self, sequences: Any, initial_state: Any, mask: Any, training: bool) -> Any:
        kernel = self.compiled_loop(training)
        if kernel is None:
            return super().inner_loop(sequences, initial_state, mask, training=training)
        if training and getattr(self.cell, "dropout", 0):
            sequences = sequences * self.cell.get_dropout_mask(sequences[:, 0, :])[:, None, :]
        outputs, states = run(kernel, [self], sequences, [initial_state], mask, training)
        return outputs[0][:, -1], outputs[0], states

    def compiled_loop(self, training: bool) -> Kernel | None:
        """The loop that runs, if it is not Keras's own."""
        kernel = _kernel_beside(type(self).__module__)
        if kernel is None or not on_cpu():
            return None
        if reason := self.not_covered(training):
            warnings.warn(
                f"{type(self).__name__}: the compiled loop does not cover this setting of `{reason}`; Keras's own runs",
                stacklevel=2,
            )
            return None
        return kernel

    def is_plain(self, training: bool) -> bool:
        """Whether the layer is its loop alone; a subclass that changes what goes into it or out of it says so here."""
        return not (training and (self.weight_dropout or getattr(self.cell, "dropout", 0)))

    def input_weights(self) -> tuple:
        """The matrix and the bias that every input goes through."""
        matrix, bias = self.cell.kernel, self.cell.bias
        return matrix, ops.zeros(matrix.shape[1], self.compute_dtype) if bias is None else bias

    def loop_weights(self) -> list:
        """The weights that the loop itself takes."""
        return [self.cell.recurrent_kernel]


def run(
    kernel: Kernel, layers: Sequence[CompiledLoop], sequences: Any, states: Sequence[Any], mask: Any, training: bool
) -> tuple[list[Any], list[Any]]:
    """Runs the compiled loops of layers of a kind over the same sequences, float (batch, time, features).

    Args:
        kernel: theirs.
        layers: one, or those of both directions.
        sequences: float (batch, time, features).
        states: the first ones of each layer.
        mask: bool (batch, time), or None.
        training: whether a gradient will be asked for.

    Returns:
        The outputs of each layer, in the order of the steps it took, and the last states of all.
    """
    from pipelines.layers.loops import operation

    def floats(tensors: Any) -> tuple:
        return tuple(ops.cast(tensor, "float32") for tensor in keras.tree.flatten(tensors))

    steps, positions = operation.real_steps(sequences, keras.tree.flatten(mask)[0] if mask is not None else None)
    directions = [
        operation.Direction(
            floats(layer.input_weights()), floats(layer.loop_weights()), floats(before), layer.go_backwards
        )
        for layer, before in zip(layers, states, strict=True)
    ]
    (steps,) = floats(steps)
    return operation.run(kernel, steps, positions, directions, layers[0].zero_output_for_mask, bool(training))


def sequence_layer(kind: type, units: int, name: str, seed: int, **own: Any) -> Any:
    """A recurrent layer of a kind, with the keys that it has for itself; returns its sequence and its last states."""
    return kind(units, return_sequences=True, return_state=True, seed=seed, name=name, **own)


@cache
def _kernel_beside(module: str) -> Kernel | None:
    """The module `kernel` in the folder of a module, if there is one."""
    folder = module.rpartition(".")[0]
    if not hasattr(sys.modules.get(folder), "__path__") or importlib.util.find_spec(f"{folder}.kernel") is None:
        return None
    return cast(Kernel, importlib.import_module(f"{folder}.kernel"))


def on_cpu() -> bool:
    """Whether the backend is TensorFlow without a GPU."""
    if keras.backend.backend() != "tensorflow":
        return False
    from pipelines.layers.loops import operation

    return not operation.has_gpu()
