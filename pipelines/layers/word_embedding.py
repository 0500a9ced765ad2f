"""Word vectors in two tables: one that is trained and one that is not."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("elman")
class WordEmbedding(keras.layers.Layer):
    """Turns token ids into word vectors; ids from `trained_size` on are looked up in a frozen table.

    Fine-tuning the words of the training set then leaves the rest of a large vocabulary alone: an
    optimiser such as Adam updates every row of a trained table at every step.

    Args:
        trained_size: rows of the trainable table; id 0 is padding.
        frozen_size: rows of the frozen table, possibly none.
        dimensions: width of a vector.

    Call arguments:
        token_ids: int32 (batch, time).
        composed_vectors: float32 (words, dimensions), possibly none: what ids from `trained_size + frozen_size` on
            stand for, such as words whose vectors are made of those of their n-grams.

    Returns:
        float32 (batch, time, dimensions).

    Masking:
        Produces a mask that is false where `token_ids` is 0.
    """

    def __init__(self, trained_size: int, frozen_size: int, dimensions: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.trained_size = trained_size
        self.frozen_size = frozen_size
        self.dimensions = dimensions
        self.supports_masking = True

    def build(self, input_shape) -> None:
        self.trained_vectors = self.add_weight(
            shape=(self.trained_size, self.dimensions), initializer="uniform", name="trained_vectors"
        )
        if self.frozen_size:
            self.frozen_vectors = self.add_weight(
                shape=(self.frozen_size, self.dimensions), initializer="zeros", trainable=False, name="frozen_vectors"
            )

    def set_vectors(self, vectors) -> None:
        """Sets both tables from one matrix: float32 (trained_size + frozen_size, dimensions)."""
        self.trained_vectors.assign(vectors[: self.trained_size])
        if self.frozen_size:
            self.frozen_vectors.assign(vectors[self.trained_size :])

    def call(self, token_ids, composed_vectors=None):
        if composed_vectors is None:
            return self._known(token_ids)
        size = self.trained_size + self.frozen_size
        is_composed = token_ids >= size
        known = self._known(ops.where(is_composed, 0, token_ids))
        table = ops.reshape(composed_vectors, (-1, self.dimensions))
        composed = ops.take(table, ops.where(is_composed, token_ids - size, 0), axis=0)
        return ops.where(ops.expand_dims(is_composed, -1), composed, known)

    def _known(self, token_ids):
        if not self.frozen_size:
            return ops.take(self.trained_vectors, token_ids, axis=0)
        is_frozen = token_ids >= self.trained_size
        trained = ops.take(self.trained_vectors, ops.where(is_frozen, 0, token_ids), axis=0)
        frozen = ops.take(self.frozen_vectors, ops.where(is_frozen, token_ids - self.trained_size, 0), axis=0)
        return ops.where(ops.expand_dims(is_frozen, -1), frozen, trained)

    def compute_mask(self, token_ids, mask=None):
        return ops.not_equal(token_ids, 0)

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.dimensions)

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "trained_size": self.trained_size,
            "frozen_size": self.frozen_size,
            "dimensions": self.dimensions,
        }
