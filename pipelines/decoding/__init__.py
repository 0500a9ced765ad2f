"""Decoding methods, one file each; `decoding.method` of a task's configuration names the file.

Each file offers `Decoder(model, config)`: a Keras model from source ids to written ids, of a `Seq2Seq` and a
`DecodingConfig`. This module holds what they share.
"""

from typing import Any

from keras import ops

from pipelines.config import DecodingConfig
from pipelines.data.vocabulary import BEGIN_ID, PADDING_ID, UNKNOWN_ID


def unwritten(config: DecodingConfig) -> list[int]:
    """The ids that are never written: `<pad>`, `<bos>`, and `<unk>` where it is not to be copied."""
    return [PADDING_ID, BEGIN_ID] if config.copy_unknown else [PADDING_ID, UNKNOWN_ID, BEGIN_ID]


def length_limits(source_ids: Any, config: DecodingConfig) -> tuple[Any, Any]:
    """How long outputs may be: `maximum_ratio * source tokens + maximum_extra`.

    Args:
        source_ids: int32 (batch, source_time).
        config: of the two numbers.

    Returns:
        The limit of each source by its own length, int32 (batch,), and the positions up to the limit of the longest
        possible source, int32 (limit,).
    """
    lengths = ops.cast(ops.sum(ops.not_equal(source_ids, PADDING_ID), axis=1), "float32")
    limits = ops.cast(config.maximum_ratio * lengths, "int32") + config.maximum_extra
    longest = ops.cast(config.maximum_ratio * ops.cast(ops.shape(source_ids)[1], "float32"), "int32")
    return limits, ops.arange(longest + config.maximum_extra, dtype="int32")
