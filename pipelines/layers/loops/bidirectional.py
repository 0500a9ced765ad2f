"""Both directions of a recurrent layer as one operation, on TensorFlow and a CPU."""

from typing import Any, cast

import keras
from keras import ops

from pipelines.layers.loops.dispatch import CompiledLoop, run


@keras.saving.register_keras_serializable("elman")
class Bidirectional(keras.layers.Bidirectional):
    """`keras.layers.Bidirectional`: the same settings, weights and numbers.

    Where both of its layers have the same compiled loop, and nothing is dropped out within them, the loops run as one
    operation, each direction on a thread of its own.
    """

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None, training: bool | None = None) -> Any:
        """Returns what the Keras layer returns."""
        layers = [self.forward_layer, self.backward_layer]
        if not (self._plain(bool(training)) and (kernel := layers[0].compiled_loop(bool(training)))):
            return super().call(sequences, initial_state, mask, training)
        if initial_state is None:
            states = [layer.get_initial_state(batch_size=ops.shape(sequences)[0]) for layer in layers]
        else:
            half = len(initial_state) // 2
            states = [initial_state[:half], initial_state[half:]]
        (outputs, turned), last = run(kernel, layers, sequences, states, mask, bool(training))
        joined = ops.cast(ops.concatenate([outputs, ops.flip(turned, axis=1)], axis=-1), self.compute_dtype)
        return (joined, *(ops.cast(state, self.compute_dtype) for state in last)) if self.return_state else joined

    def _plain(self, training: bool) -> bool:
        """Whether there is nothing to do but to run two loops of a kind in opposite directions."""
        first, second = cast(list[CompiledLoop], [self.forward_layer, self.backward_layer])
        if not isinstance(first, CompiledLoop) or type(first) is not type(second):
            return False
        same = ("state_size", "zero_output_for_mask", "compute_dtype", "return_sequences")
        return (
            self.merge_mode == "concat"
            and first.return_sequences
            and (first.go_backwards, second.go_backwards) == (False, True)
            and all(getattr(first, name) == getattr(second, name) for name in same)
            and not any(
                layer.stateful
                or layer.activity_regularizer
                or layer.not_covered(training)
                or not layer.is_plain(training)
                for layer in (first, second)
            )
        )
