"""The states that a language model has while it reads texts, carried from chunk to chunk."""

from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.batches.batching import pad
from pipelines.models.language_model import LanguageModel, reader, zero_states


def final_states(
    model: LanguageModel, texts: Sequence[np.ndarray], chunk_tokens: int, batch_size: int = 64
) -> np.ndarray:
    """The state after the last token of each text, read in length-bucketed batches.

    It is the last state of the last layer: an LSTM's cell state, as in Radford et al. 2017, section 3. They bound it by
    its tanh; here it is left as it is, since small LSTMs have cell states beyond 5, which their tanh makes equal.

    Args:
        model: a `LanguageModel`.
        texts: ids of each text, `<bos>` first, int32 (1 + tokens,).
        chunk_tokens: that are read at once; they change nothing but time and memory, nor does `batch_size`.
        batch_size: texts that are read at once.

    Returns:
        float32 (texts, units), in the order of the texts.
    """
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    found = np.zeros((len(texts), model.carried[-1].shape[1]), "float32")
    for start in range(0, len(texts), batch_size):
        batch = np.array(order[start : start + batch_size])
        for rows, states in _after_each_chunk(model, [texts[number] for number in batch], chunk_tokens):
            found[batch[rows]] = states
    return found


def states_of_unit(model: LanguageModel, texts: Sequence[np.ndarray], unit: int) -> list[np.ndarray]:
    """The state of one unit after each token, as `final_states` has it: float32 (1 + tokens,) for each text."""
    found: list[list[float]] = [[] for _ in texts]
    for rows, states in _after_each_chunk(model, texts, 1):
        for row, value in zip(rows, states[:, unit], strict=True):
            found[row].append(value)
    return [np.array(values, "float32") for values in found]


def _after_each_chunk(
    model: LanguageModel, texts: Sequence[np.ndarray], chunk_tokens: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """After each chunk, the numbers of the texts that had one, and their states: int (rows,), float32 (rows, units)."""
    read, lengths = reader(model), np.array([len(text) for text in texts])
    rows, states = np.arange(len(texts)), zero_states(model, len(texts))
    for start in range(0, int(lengths.max()), chunk_tokens):
        going_on = lengths[rows] > start  # no row may be empty
        rows, states = rows[going_on], [state[going_on] for state in states]
        _, states = read(pad([texts[row][start : start + chunk_tokens] for row in rows]), states)
        yield rows, states[-1]
