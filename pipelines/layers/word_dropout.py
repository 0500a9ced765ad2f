"""Dropout of whole words."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("elman")
class WordDropout(keras.layers.Layer):
    """In training, replaces a share of the words by the unknown word, so that it is learned as well.

    Args:
        rate: share of real tokens that are replaced.
        unknown_id: the id that replaces them; 0 is padding and stays.
        seed: of the draws.

    Call arguments:
        token_ids: int32 (batch, time).

    Returns:
        int32 (batch, time).

    Reference: Iyyer et al., "Deep Unordered Composition Rivals Syntactic Methods for Text Classification", ACL 2015,
    section 3.1, where the words are left out.
    """

    def __init__(self, rate: float, unknown_id: int, seed: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self.unknown_id = unknown_id
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, token_ids, training=None):
        if not training:
            return token_ids
        drawn = keras.random.uniform(ops.shape(token_ids), seed=self.generator) < self.rate
        return ops.where(ops.logical_and(drawn, ops.not_equal(token_ids, 0)), self.unknown_id, token_ids)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self) -> dict:
        return {**super().get_config(), "rate": self.rate, "unknown_id": self.unknown_id, "seed": self.seed}
