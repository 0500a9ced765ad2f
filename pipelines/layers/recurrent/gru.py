"""The gated recurrent unit, its reset gate applied after the recurrent product, as cuDNN has it.

Reference: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", EMNLP 2014.
"""

import keras


def layer(units: int, name: str, seed: int) -> keras.layers.GRU:
    """A GRU layer that returns its sequence and its last state."""
    return keras.layers.GRU(units, reset_after=True, return_sequences=True, return_state=True, seed=seed, name=name)
