"""Which words decoders may write, and how many."""

from math import ceil
from typing import Any

from keras import ops

from pipelines.decoding.config import DecodingConfig
from pipelines.text.vocabulary import BEGIN_ID, PADDING_ID, UNKNOWN_ID


def forbidden_ids(config: DecodingConfig) -> list[int]:
    """The ids that are never written: `<pad>`, `<bos>`, and `<unk>` where it is not to be copied."""
    return [PADDING_ID, BEGIN_ID] if config.copy_unknown else [PADDING_ID, UNKNOWN_ID, BEGIN_ID]


def length_limits(source_ids: Any, config: DecodingConfig) -> tuple[Any, Any]:
    """How long outputs may be: `maximum_ratio * source tokens + maximum_extra`.

    Args:
        source_ids: int32 (batch, source_time); or features, float (batch, source_time, width), each step of them real.
        config: of the two numbers.

    Returns:
        The limit of each source by its own length, int32 (batch,), and the positions up to that of the longest possible
        source, its ratio rounded up, int32 (limit,).
    """
    real = ops.not_equal(source_ids, PADDING_ID) if len(source_ids.shape) == 2 else ops.ones_like(source_ids[:, :, 0])
    lengths = ops.cast(ops.sum(real, axis=1), "float32")
    limits = ops.cast(config.maximum_ratio * lengths, "int32") + config.maximum_extra
    longest = ops.shape(source_ids)[1] * ceil(config.maximum_ratio)  # a number where the backend knows the shape
    return limits, ops.arange(longest + config.maximum_extra, dtype="int32")


def repeated_ngram_mask(written: Any, step: Any, size: int, words: int) -> Any:
    """Which words would complete an n-gram of `size` words that an output holds already.

    Args:
        written: the outputs so far, int32 (rows, limit).
        step: how many words of them are written, int32.
        size: of the n-grams, at least 2.
        words: of the target vocabulary.

    Returns:
        float32 (rows, words), 1 where a word would complete one.
    """
    rows, limit = ops.shape(written)[0], ops.shape(written)[1]
    positions = ops.arange(limit, dtype="int32")[None, :]
    repeats = ops.broadcast_to(positions + size - 1 < step, ops.shape(written))  # by where an n-gram begins
    for place in range(size - 1):
        latest = ops.sum(ops.where(positions == step - (size - 1) + place, written, 0), axis=1, keepdims=True)
        repeats = ops.logical_and(repeats, ops.roll(written, -place, axis=1) == latest)
    next_words = ops.where(repeats, ops.roll(written, -(size - 1), axis=1), PADDING_ID)
    row_numbers = ops.broadcast_to(ops.arange(rows, dtype="int32")[:, None], ops.shape(written))
    places = ops.reshape(ops.stack([row_numbers, next_words], axis=-1), (-1, 2))
    found = ops.scatter_update(ops.zeros((rows, words)), places, ops.ones(rows * limit))
    return found * ops.cast(ops.arange(words) != PADDING_ID, "float32")
