"""Texts that a language model reads chunk by chunk, its states carried on."""

from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.batches.batching import pad
from pipelines.models.engine import Engine, States

Chunk = tuple[np.ndarray, np.ndarray, States]


def chunks(engine: Engine, texts: Sequence[np.ndarray], chunk_tokens: int) -> Iterator[Chunk]:
    """Reads texts of one token or more.

    Args:
        engine: of a language model.
        texts: ids of each text, int32 (tokens,).
        chunk_tokens: that are read at once; they change nothing but time and memory.

    Yields:
        After each chunk the numbers of the texts that had one, int (rows,), the logits of the tokens after, float32
        (rows, chunk_tokens, words), and the states, float32 (rows, units) each.
    """
    lengths = np.array([len(text) for text in texts])
    rows, states = np.arange(len(texts)), engine.first_states(len(texts))
    for start in range(0, int(lengths.max(initial=0)), chunk_tokens):
        going_on = lengths[rows] > start  # no row may be empty
        rows, states = rows[going_on], [state[going_on] for state in states]
        logits, states = engine.read(pad([texts[row][start : start + chunk_tokens] for row in rows]), states)
        yield rows, logits, states


def log_probabilities(engine: Engine, texts: Sequence[np.ndarray], chunk_tokens: int) -> list[np.ndarray]:
    """The log-probability of each token but the first.

    Args:
        engine: of a language model.
        texts: ids of each text, `<bos>` first, int32 (1 + tokens,).
        chunk_tokens: that are read at once.

    Returns:
        In nats, float64 (tokens,), for each text.
    """
    found: list[list[np.ndarray]] = [[] for _ in texts]
    for number, (rows, logits, _) in enumerate(chunks(engine, [text[:-1] for text in texts], chunk_tokens)):
        start = number * chunk_tokens + 1
        for row, of_row in zip(rows, logits, strict=True):
            after = texts[row][start : start + chunk_tokens]
            found[row].append(log_probabilities_of(of_row[: len(after)], after))
    return [np.concatenate(parts) if parts else np.zeros(0) for parts in found]


def log_probabilities_of(logits: np.ndarray, tokens: np.ndarray) -> np.ndarray:
    """The log-probabilities, float64 (time,), that logits, float32 (time, words), give to tokens, int32 (time,)."""
    scores = logits.astype("float64")
    scores -= scores.max(axis=-1, keepdims=True)
    return scores[np.arange(len(tokens)), tokens] - np.log(np.exp(scores).sum(axis=-1))
