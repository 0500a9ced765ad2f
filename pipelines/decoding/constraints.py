"""Which words decoders may write, and how many."""

import numpy as np

from pipelines.decoding.config import DecodingConfig
from pipelines.text.vocabulary import BEGIN_ID, PADDING_ID, UNKNOWN_ID


def forbidden_ids(config: DecodingConfig) -> list[int]:
    """The ids that are never written: `<pad>`, `<bos>`, and `<unk>` where it is not to be copied."""
    return [PADDING_ID, BEGIN_ID] if config.copy_unknown else [PADDING_ID, UNKNOWN_ID, BEGIN_ID]


def length_limits(sources: np.ndarray, config: DecodingConfig) -> np.ndarray:
    """How long the output of each source may be: `maximum_ratio * source tokens + maximum_extra`, at least 1.

    Args:
        sources: int32 (batch, source_time); or features, float (batch, source_time, width), each step of them real.
        config: of the two numbers.

    Returns:
        int (batch,).
    """
    real = sources != PADDING_ID if sources.ndim == 2 else np.ones(sources.shape[:2], "bool")
    tokens = real.sum(axis=1).astype("float32")
    return np.maximum((np.float32(config.maximum_ratio) * tokens).astype(int) + config.maximum_extra, 1)


def repeated_ngram_mask(written: np.ndarray, step: int, size: int, words: int) -> np.ndarray:
    """Which words would complete an n-gram of `size` words that an output holds already.

    Args:
        written: the outputs so far, int (rows, limit).
        step: how many words of them are written.
        size: of the n-grams, at least 2.
        words: of the target vocabulary.

    Returns:
        bool (rows, words).
    """
    found = np.zeros((len(written), words), "bool")
    latest = written[:, max(step - size + 1, 0) : step]
    for start in range(step - size + 1):
        repeats = (written[:, start : start + size - 1] == latest).all(axis=1)
        found[repeats, written[repeats, start + size - 1]] = True
    found[:, PADDING_ID] = False
    return found
