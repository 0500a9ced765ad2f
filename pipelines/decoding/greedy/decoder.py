"""Greedy decoding, word by word."""

import numpy as np

from pipelines.decoding.config import DecodingConfig
from pipelines.decoding.constraints import forbidden_ids, length_limits, repeated_ngram_mask
from pipelines.models.engine import Engine
from pipelines.text.vocabulary import BEGIN_ID, END_ID, PADDING_ID


def decode(engine: Engine, sources: np.ndarray, config: DecodingConfig) -> tuple[np.ndarray, np.ndarray]:
    """Writes, for each source, the most probable word after word until the end or the length limit.

    `<pad>`, `<bos>` and, unless it is copied, `<unk>` are never written. Of equally probable words the one with the
    lowest id, the most frequent of train, is taken. The limit depends on the source's own length, not on its padding.

    Args:
        engine: of an encoder-decoder.
        sources: int32 (batch, source_time), or features.
        config: the length limit, `maximum_ratio * source tokens + maximum_extra`.

    Returns:
        The one hypothesis, int32 (batch, 1, time), 0 after the end; and its score, which is 0, float32 (batch, 1).
    """
    memory, states = engine.start(sources)
    limits, forbidden = length_limits(sources, config), forbidden_ids(config)
    written = np.full((len(sources), max(limits, default=0)), PADDING_ID, "int32")
    words, is_open = np.full(len(sources), BEGIN_ID, "int32"), np.ones(len(sources), "bool")
    for step in range(written.shape[1]):
        logits, states, _ = engine.step(words, states, memory)
        logits = logits.copy()
        logits[:, forbidden] = -np.inf
        if config.no_repeat_ngram:
            logits[repeated_ngram_mask(written, step, config.no_repeat_ngram, logits.shape[1])] = -np.inf
        words = np.where(is_open, logits.argmax(axis=-1), PADDING_ID).astype("int32")
        written[:, step] = words
        is_open &= (words != END_ID) & (step + 1 < limits)
        if not is_open.any():
            break
    return written[:, None], np.zeros((len(sources), 1), "float32")
