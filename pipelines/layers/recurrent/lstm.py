"""Long short-term memory: a cell state behind input, forget and output gates; the forget bias starts at one.

Reference: Hochreiter & Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997); forget gate: Gers et
al., "Learning to Forget", Neural Computation 12 (2000).
"""

import keras


def layer(units: int, name: str, seed: int) -> keras.layers.LSTM:
    """An LSTM layer that returns its sequence and its last hidden and cell states."""
    return keras.layers.LSTM(units, return_sequences=True, return_state=True, seed=seed, name=name)
