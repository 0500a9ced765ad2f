"""Vectors of words made from their characters."""

import keras
from keras import ops

from embeddings.foundation import plugins
from pipelines.layers.pooling import MaskedPooling


@keras.saving.register_keras_serializable("elman")
class CharFeatures(keras.layers.Layer):
    """Gives each token a vector made from its characters, computed once for each distinct word of a batch.

    A convolution over three characters gives of each filter its largest value, a recurrent cell its last states in
    both directions.

    Args:
        encoder: `cnn`, or a cell: the name of a module of `pipelines.cells`.
        characters: number of character ids; 0 is padding.
        dimensions: width of a character's vector.
        units: width of a word's features; even where `encoder` is a cell.
        dropout: share of a character vector's features that training leaves out.
        seed: of dropout and, but for a cell's, of the initial weights.

    Call arguments:
        word_numbers: which of the distinct words stands where, from 1, int32 (batch, time); 0 is padding.
        character_ids: the distinct words' characters, padded at the end, int32 (words, characters). Their number is
            not that of the batch, which `fit` and `predict` of a Keras model refuse: use `train_on_batch` and
            `predict_on_batch`.

    Returns:
        float (batch, time, units).

    Masking:
        Produces a mask that is false where `word_numbers` is 0.

    Reference: cnn: Ma & Hovy, "End-to-end Sequence Labeling via Bi-directional LSTM-CNNs-CRF", ACL 2016, section
    2.1; recurrent: Lample et al., "Neural Architectures for Named Entity Recognition", NAACL 2016, section 4.1.
    """

    def __init__(
        self, encoder: str, characters: int, dimensions: int, units: int, dropout: float, seed: int, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        if encoder != "cnn" and units % 2:
            raise ValueError(f"Argument `units` must be even, for two directions. Received: units={units}")
        self.settings = {"encoder": encoder, "characters": characters, "dimensions": dimensions, "units": units,
                         "dropout": dropout, "seed": seed}  # fmt: skip
        uniform = keras.initializers.RandomUniform(-((3 / dimensions) ** 0.5), (3 / dimensions) ** 0.5, seed)
        policy = self.dtype_policy
        self.vectors = keras.layers.Embedding(characters, dimensions, embeddings_initializer=uniform, dtype=policy)
        self.dropout = keras.layers.Dropout(dropout, seed=seed, dtype=policy)
        if encoder == "cnn":
            self.encoder = keras.layers.Conv1D(
                units, 3, padding="same", kernel_initializer=keras.initializers.GlorotUniform(seed), dtype=policy
            )
            self.pooling = MaskedPooling("max", dtype=policy)
        else:
            cell = plugins.load("pipelines.cells", encoder, "layer")
            self.encoder = keras.layers.Bidirectional(
                cell.layer(units // 2, "characters", seed, dtype=policy), dtype=policy
            )

    def build(self, input_shape=None) -> None:
        self.vectors.build()
        self.encoder.build((None, None, self.settings["dimensions"]))

    def call(self, word_numbers, character_ids, training=None):
        mask = ops.not_equal(character_ids, 0)
        vectors = self.dropout(self.vectors(character_ids), training=training)
        if self.settings["encoder"] == "cnn":
            # The convolution sees zeros behind a word's end, whether the batch pads it or not.
            vectors = vectors * ops.cast(ops.expand_dims(mask, -1), vectors.dtype)
            features = self.pooling(self.encoder(vectors), mask=mask)
        else:
            _, *states = self.encoder(vectors, mask=mask, training=training)
            features = ops.concatenate([states[0], states[len(states) // 2]], axis=-1)
        return ops.take(features, ops.maximum(word_numbers - 1, 0), axis=0)

    def compute_mask(self, word_numbers, mask=None):
        return ops.not_equal(word_numbers, 0)

    def compute_output_shape(self, word_numbers_shape, character_ids_shape=None):
        return (*word_numbers_shape, self.settings["units"])

    def get_config(self) -> dict:
        return {**super().get_config(), **self.settings}
