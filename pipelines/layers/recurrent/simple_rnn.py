"""The simple recurrent network: h_t = tanh(x_t W + h_{t-1} U + b).

Reference: Elman, "Finding Structure in Time", Cognitive Science 14 (1990).
"""

import keras


def layer(units: int, name: str, seed: int) -> keras.layers.SimpleRNN:
    """A simple recurrent layer that returns its sequence and its last state."""
    return keras.layers.SimpleRNN(units, return_sequences=True, return_state=True, seed=seed, name=name)
