"""The decoder of greedy decoding."""

import keras
from keras import ops

from pipelines.decoding.config import DecodingConfig
from pipelines.decoding.constraints import forbidden_ids, length_limits, repeated_ngram_mask
from pipelines.text.vocabulary import BEGIN_ID, END_ID, PADDING_ID


class Decoder(keras.Model):
    """Writes, for each source, the most probable word after word until the end or the length limit.

    `<pad>`, `<bos>` and, unless it is copied, `<unk>` are never written. Of equally probable words the one with the
    lowest id, the most frequent of train, is taken. The limit depends on the source's own length, not on its padding.

    Args:
        model: a `Seq2Seq`.
        config: the length limit, `maximum_ratio * source tokens + maximum_extra`.

    Call arguments:
        source_ids: int32 (batch, source_time).

    Returns:
        The one hypothesis, int32 (batch, 1, limit of the longest possible source), 0 after the end; and its score,
        which is 0, float32 (batch, 1).
    """

    def __init__(self, model: keras.Model, config: DecodingConfig) -> None:
        super().__init__(name="greedy_decoder")
        self.model = model
        self.config = config

    def call(self, source_ids):
        memory, states = self.model.encode(source_ids, training=False)
        limits, positions = length_limits(source_ids, self.config)
        batch, positions = ops.shape(source_ids)[0], positions[None, :]
        forbidden = ops.one_hot(forbidden_ids(self.config), self.model.sizes["target"][0])
        penalty = ops.sum(forbidden, axis=0)[None, :] * 1e9

        def unfinished(step, words, is_open, written, states):
            return ops.any(is_open)

        def write(step, words, is_open, written, states):
            logits, states = self.model.step(words, states, memory)
            if size := self.config.no_repeat_ngram:
                logits -= repeated_ngram_mask(written, step, size, logits.shape[-1]) * 1e9
            words = ops.cast(ops.argmax(logits - penalty, axis=-1), "int32")
            words = ops.where(is_open, words, PADDING_ID)
            written = ops.where(positions == step, words[:, None], written)
            is_open = ops.logical_and(is_open, words != END_ID)
            return step + 1, words, ops.logical_and(is_open, step + 1 < limits), written, states

        start = (
            ops.convert_to_tensor(0, "int32"),
            ops.full((batch,), BEGIN_ID, dtype="int32"),
            ops.ones((batch,), dtype="bool"),
            ops.zeros((batch, 1), dtype="int32") + ops.zeros_like(positions),
            states,
        )
        written = ops.while_loop(unfinished, write, start)[3]
        return written[:, None], ops.zeros((batch, 1))
