"""Beam search, word by word."""

import numpy as np

from pipelines.decoding.beam import Decoding
from pipelines.decoding.constraints import forbidden_ids, length_limits, repeated_ngram_mask
from pipelines.models.engine import Engine
from pipelines.models.probabilities import log_softmax
from pipelines.text.vocabulary import BEGIN_ID, END_ID, PADDING_ID

IMPOSSIBLE = -1e9


def decode(engine: Engine, sources: np.ndarray, config: Decoding) -> tuple[np.ndarray, np.ndarray]:
    """Keeps, for each source, the `beam_size` best hypotheses until all of them have ended or reached the limit.

    Hypotheses are ranked by log p / ((5 + length) / 6)^length_penalty, the end counted as a word. One that has
    ended is never extended; it keeps its place as long as no `beam_size` others are better. `<pad>`,
    `<bos>` and, unless it is copied, `<unk>` are never written. Of equals the one behind the better hypothesis is
    taken, then that of the lower word id.

    Args:
        engine: of an encoder-decoder.
        sources: int32 (batch, source_time), or features.
        config: size of the beam, length penalty, and the limit: `maximum_ratio * source tokens + maximum_extra`.

    Returns:
        The hypotheses, the best first, int32 (batch, beam_size, time), 0 after the end; and their ranked scores,
        float32 (batch, beam_size), about -1e9 where there are fewer.

    Reference: Wu et al., "Google's Neural Machine Translation System", 2016, section 7 (the length penalty).
    """
    batch, size = len(sources), config.beam_size
    memory, states = engine.start(sources)
    memory = {name: np.repeat(array, size, axis=0) for name, array in memory.items()}
    states = [np.repeat(state, size, axis=0) for state in states]
    limits, rows = length_limits(sources, config), np.arange(batch)[:, None]
    written = np.full((batch, size, max(limits, default=0)), PADDING_ID, "int32")
    words, is_open = np.full((batch, size), BEGIN_ID, "int32"), np.ones((batch, size), "bool")
    counts = np.zeros((batch, size), "float32")
    # All but the first of equal hypotheses are impossible, or every beam would hold the same hypothesis.
    scores = np.full((batch, size), IMPOSSIBLE, "float32")
    scores[:, 0] = 0
    ranked = scores
    for step in range(written.shape[2]):
        logits, states, _ = engine.step(words.ravel(), states, memory)
        found = log_softmax(logits)
        found[:, forbidden_ids(config)] += IMPOSSIBLE
        if config.no_repeat_ngram:
            so_far = written.reshape(batch * size, -1)
            found[repeated_ngram_mask(so_far, step, config.no_repeat_ngram, found.shape[1])] += IMPOSSIBLE
        found = found.reshape(batch, size, -1)
        found[~is_open] = IMPOSSIBLE  # what has ended takes padding alone
        found[~is_open, PADDING_ID] = 0
        found += scores[:, :, None]
        counts += is_open
        penalty = ((5 + counts) / 6) ** np.float32(config.length_penalty)
        ranked, places = _best(found / penalty[:, :, None])
        scores = np.take_along_axis(found.reshape(batch, -1), places, axis=1)
        behind, words = places // found.shape[2], (places % found.shape[2]).astype("int32")
        counts, is_open, written = counts[rows, behind], is_open[rows, behind], written[rows, behind]
        written[:, :, step] = words
        chosen = (rows * size + behind).ravel()
        states = [state[chosen] for state in states]
        is_open &= (words != END_ID) & (step + 1 < limits[:, None])
        if not is_open.any():
            break
    return written, ranked


def _best(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As many of the highest scores of each source as it has hypotheses, the best first, and their places.

    Of equals the first comes first. The best of each hypothesis are as many; what is less than all of them is left out
    before the rest is sorted.

    Args:
        scores: float (batch, hypotheses, words).
    """
    least, count = scores.max(axis=2).min(axis=1), scores.shape[1]
    scores = scores.reshape(len(scores), -1)
    places = np.empty((len(scores), count), "int64")
    for row, (of_row, lowest) in enumerate(zip(scores, least, strict=True)):
        candidates = np.flatnonzero(~(of_row < lowest))  # NaN among them, of a diverged model
        places[row] = candidates[np.argsort(-of_row[candidates], kind="stable")[:count]]
    return np.take_along_axis(scores, places, axis=1), places
