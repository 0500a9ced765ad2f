"""Long short-term memory: a cell state behind input, forget and output gates; the forget bias starts at one.

Reference: Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997); forget gate: Gers et
al., "Learning to Forget", Neural Computation 12 (2000).
"""

from typing import Any

import keras

from pipelines.layers.loops.dispatch import CompiledLoop


@keras.saving.register_keras_serializable("elman")
class LSTM(CompiledLoop, keras.layers.LSTM):
    """`keras.layers.LSTM`, its loop compiled for a CPU: the same settings, weights and numbers."""

    kernel = "lstm"


def layer(units: int, name: str, seed: int, recurrent_dropout: float = 0.0, dtype: Any = None) -> LSTM:
    """An LSTM layer that returns its sequence and its last hidden and cell states."""
    return LSTM(
        units,
        return_sequences=True,
        return_state=True,
        recurrent_dropout=recurrent_dropout,
        seed=seed,
        name=name,
        dtype=dtype,
    )
