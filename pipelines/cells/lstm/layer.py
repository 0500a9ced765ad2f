"""Long short-term memory: a cell state behind input, forget and output gates; the forget bias starts at one.

Reference: Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997); forget gate: Gers et
al., "Learning to Forget", Neural Computation 12 (2000).
"""

from functools import partial

import keras

from pipelines.layers.loops.dispatch import CompiledLoop, sequence_layer


@keras.saving.register_keras_serializable("elman")
class LSTM(CompiledLoop, keras.layers.LSTM):
    """`keras.layers.LSTM`, its loop compiled for a CPU: the same settings, weights and numbers."""


layer = partial(sequence_layer, LSTM)
