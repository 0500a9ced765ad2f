"""Synchronised many-to-many: a tag for each token, from the outputs of a recurrent encoder."""

import keras

from pipelines.config import CellConfig
from pipelines.data.vocabulary import Vocabulary
from pipelines.models.encoder import dropouts, encode, recurrent_stack, word_embedding


def build_tagger(vocabulary: Vocabulary, dimensions: int, tags: int, cell: CellConfig, seed: int) -> keras.Model:
    """A tagger of tokens.

    Args:
        vocabulary: of the sentences.
        dimensions: width of the word vectors.
        tags: number of tags.
        cell: the encoder.
        seed: of the initial weights and of dropout.

    Returns:
        A model from int32 (batch, time) to logits, float32 (batch, time, tags). Logits at padding mean nothing.
    """
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    vectors = word_embedding(vocabulary, dimensions, "source_vectors")(token_ids)
    outputs, _ = encode(vectors, recurrent_stack(cell, seed), dropouts(cell, seed))
    logits = keras.layers.Dense(
        tags, kernel_initializer=keras.initializers.GlorotUniform(seed), dtype="float32", name="logits"
    )(outputs)
    return keras.Model(token_ids, logits, name="tagger")
