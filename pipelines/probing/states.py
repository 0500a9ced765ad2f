"""The states that a language model has while it reads texts, carried from chunk to chunk."""

from collections.abc import Sequence

import numpy as np

from pipelines.models.engine import Engine
from pipelines.models.reading import chunks


def final_states(engine: Engine, texts: Sequence[np.ndarray], chunk_tokens: int, batch_size: int = 64) -> np.ndarray:
    """The state after the last token of each text, read in length-bucketed batches.

    It is the last state of the last layer: an LSTM's cell state, as in Radford et al. 2017, section 3. They bound it by
    its tanh; here it is left as it is, since small LSTMs have cell states beyond 5, which their tanh makes equal.

    Args:
        engine: of a language model.
        texts: ids of each text, `<bos>` first, int32 (1 + tokens,).
        chunk_tokens: that are read at once; they change nothing but time and memory, nor does `batch_size`.
        batch_size: texts that are read at once.

    Returns:
        float32 (texts, units), in the order of the texts.
    """
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    found = np.zeros((len(texts), engine.first_states(1)[-1].shape[1]), "float32")
    for start in range(0, len(texts), batch_size):
        batch = np.array(order[start : start + batch_size])
        for rows, _, states in chunks(engine, [texts[number] for number in batch], chunk_tokens):
            found[batch[rows]] = states[-1]
    return found


def states_of_unit(engine: Engine, texts: Sequence[np.ndarray], unit: int) -> list[np.ndarray]:
    """The state of one unit after each token, as `final_states` has it: float32 (1 + tokens,) for each text."""
    found: list[list[float]] = [[] for _ in texts]
    for rows, _, states in chunks(engine, texts, 1):
        for row, value in zip(rows, states[-1][:, unit], strict=True):
            found[row].append(value)
    return [np.array(values, "float32") for values in found]
