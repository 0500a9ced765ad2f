"""The simple recurrent network: h_t = tanh(x_t W + h_{t-1} U + b).

Reference: Elman, "Finding Structure in Time", Cognitive Science 14 (1990).
"""

from typing import Any

import keras

from pipelines.layers.loops.dispatch import CompiledLoop


@keras.saving.register_keras_serializable("elman")
class SimpleRNN(CompiledLoop, keras.layers.SimpleRNN):
    """`keras.layers.SimpleRNN`, its loop compiled for a CPU: the same settings, weights and numbers."""

    kernel = "simple_rnn"


def layer(units: int, name: str, seed: int, recurrent_dropout: float = 0.0, dtype: Any = None) -> SimpleRNN:
    """A simple recurrent layer that returns its sequence and its last state."""
    return SimpleRNN(
        units,
        return_sequences=True,
        return_state=True,
        recurrent_dropout=recurrent_dropout,
        seed=seed,
        name=name,
        dtype=dtype,
    )
