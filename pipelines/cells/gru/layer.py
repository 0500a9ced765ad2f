"""The gated recurrent unit, its reset gate applied after the recurrent product, as cuDNN has it.

Reference: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", EMNLP 2014.
"""

from functools import partial

import keras
from keras import ops

from pipelines.layers.loops.dispatch import CompiledLoop, sequence_layer


@keras.saving.register_keras_serializable("elman")
class GRU(CompiledLoop, keras.layers.GRU):
    """`keras.layers.GRU`, its loop compiled for a CPU: the same settings, weights and numbers."""

    def input_weights(self):
        return self.cell.kernel, self._biases()[0]

    def loop_weights(self):
        return [self.cell.recurrent_kernel, self._biases()[1]]

    def _biases(self):
        return self.cell.bias if self.use_bias else ops.zeros((2, 3 * self.units), self.compute_dtype)


layer = partial(sequence_layer, GRU)
