"""The simple recurrent network: h_t = tanh(x_t W + h_{t-1} U + b).

Reference: Elman, "Finding Structure in Time", Cognitive Science 14 (1990).
"""

from functools import partial

import keras

from pipelines.layers.loops.dispatch import CompiledLoop, sequence_layer


@keras.saving.register_keras_serializable("elman")
class SimpleRNN(CompiledLoop, keras.layers.SimpleRNN):
    """`keras.layers.SimpleRNN`, its loop compiled for a CPU: the same settings, weights and numbers."""


layer = partial(sequence_layer, SimpleRNN)
