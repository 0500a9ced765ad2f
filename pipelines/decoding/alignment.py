"""What an encoder-decoder attends to as it writes given words."""

import numpy as np

from pipelines.models.engine import Engine


def alignment(engine: Engine, sources: np.ndarray, before: np.ndarray) -> np.ndarray:
    """How much each source word is attended to as each target word is written.

    Args:
        engine: of an encoder-decoder with attention.
        sources: int32 (batch, source_time).
        before: the words before the ones to write, int32 (batch, target_time).

    Returns:
        float32 (batch, target_time, source_time); the weights of a target word add up to one.

    Raises:
        ValueError: the model has no attention.
    """
    memory, states = engine.start(sources)
    attended = []
    for words in before.T:
        _, states, weights = engine.step(words, states, memory)
        if weights is None:
            raise ValueError("expected a model with attention, got `attention: none`")
        attended.append(weights)
    return np.stack(attended, axis=1)
