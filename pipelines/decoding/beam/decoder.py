"""The decoder of beam search."""

import keras
from keras import ops

from pipelines.decoding.beam import Decoding
from pipelines.decoding.constraints import forbidden_ids, length_limits, repeated_ngram_mask
from pipelines.text.vocabulary import BEGIN_ID, END_ID, PADDING_ID

IMPOSSIBLE = -1e9


class Decoder(keras.Model):
    """Keeps, for each source, the `beam_size` best hypotheses until all of them have ended or reached the limit.

    Hypotheses are ranked by log p / ((5 + length) / 6)^length_penalty, the end counted as a word. One that has
    ended is never extended; it keeps its place as long as no `beam_size` others are better. `<pad>`,
    `<bos>` and, unless it is copied, `<unk>` are never written. Of equals the one behind the better hypothesis is
    taken, then that of the lower word id.

    Args:
        model: a `Seq2Seq`.
        config: size of the beam, length penalty, and the limit: `maximum_ratio * source tokens + maximum_extra`.

    Call arguments:
        source_ids: int32 (batch, source_time).

    Returns:
        The hypotheses, the best first, int32 (batch, beam_size, limit of the longest possible source), 0 after the
        end; and their ranked scores, float32 (batch, beam_size), about -1e9 where there are fewer.

    Reference: Wu et al., "Google's Neural Machine Translation System", 2016, section 7 (the length penalty).
    """

    def __init__(self, model: keras.Model, config: Decoding) -> None:
        super().__init__(name="beam_decoder")
        self.model = model
        self.config = config

    def call(self, source_ids):
        size, words_known = self.config.beam_size, self.model.sizes["target"][0]
        memory, states = self.model.encode(source_ids, training=False)
        limits, positions = length_limits(source_ids, self.config)
        batch = ops.shape(source_ids)[0]
        forbidden = ops.sum(ops.one_hot(forbidden_ids(self.config), words_known), axis=0) * IMPOSSIBLE
        stays = (1 - ops.one_hot(PADDING_ID, words_known)) * IMPOSSIBLE  # what has ended takes padding alone
        rows = ops.arange(batch)[:, None] * size

        def in_beams(tensor):
            return ops.repeat(tensor, size, axis=0)

        memory = keras.tree.map_structure(in_beams, memory)

        def unfinished(step, words, is_open, scores, counts, ranked, written, states):
            return ops.any(is_open)

        def write(step, words, is_open, scores, counts, ranked, written, states):
            logits, states = self.model.step(ops.reshape(words, (-1,)), states, memory)
            if ngram := self.config.no_repeat_ngram:
                so_far = ops.reshape(written, (-1, ops.shape(positions)[0]))
                logits += repeated_ngram_mask(so_far, step, ngram, words_known) * IMPOSSIBLE
            log_probabilities = ops.reshape(ops.log_softmax(logits) + forbidden, (batch, size, words_known))
            scores = scores[:, :, None] + ops.where(is_open[:, :, None], log_probabilities, stays)
            counts = counts + ops.cast(is_open, "float32")
            penalty = ((5 + counts) / 6) ** self.config.length_penalty
            ranked, places = ops.top_k(ops.reshape(scores / penalty[:, :, None], (batch, -1)), size)
            scores = ops.take_along_axis(ops.reshape(scores, (batch, -1)), places, axis=1)
            behind, words = places // words_known, ops.cast(places % words_known, "int32")
            counts = ops.take_along_axis(counts, behind, axis=1)
            is_open = ops.take_along_axis(is_open, behind, axis=1)
            written = ops.take_along_axis(written, behind[:, :, None], axis=1)
            written = ops.where(positions == step, words[:, :, None], written)
            chosen = ops.reshape(rows + behind, (-1,))
            states = keras.tree.map_structure(lambda state: ops.take(state, chosen, axis=0), states)
            is_open = ops.logical_and(is_open, words != END_ID)
            is_open = ops.logical_and(is_open, step + 1 < limits[:, None])
            return step + 1, words, is_open, scores, counts, ranked, written, states

        # All but the first of equal hypotheses are impossible, or every beam would hold the same hypothesis.
        first = ops.where(ops.arange(size) == 0, 0.0, IMPOSSIBLE)
        scores = ops.broadcast_to(first, (batch, size))
        start = (
            ops.convert_to_tensor(0, "int32"),
            ops.full((batch, size), BEGIN_ID, dtype="int32"),
            ops.ones((batch, size), dtype="bool"),
            scores,
            ops.zeros((batch, size)),
            scores,
            ops.zeros((batch, size, 1), dtype="int32") + ops.zeros_like(positions),
            keras.tree.map_structure(in_beams, states),
        )
        *_, ranked, written, _ = ops.while_loop(unfinished, write, start)
        return written, ranked
