"""Vectors of words made from their characters."""

from typing import Any

import keras
from keras import ops

from pipelines.layers.pooling import MaskedPooling


@keras.saving.register_keras_serializable("elman")
class CharFeatures(keras.layers.Layer):
    """Gives each token a vector made from its characters, computed once for each distinct word of a batch.

    A convolution over three characters gives of each filter its largest value, a recurrent layer its last states in
    both directions.

    Args:
        characters: number of character ids; 0 is padding.
        dimensions: width of a character's vector.
        units: width of a word's features.
        dropout: share of a character vector's features that training leaves out.
        seed: of dropout and, but for a recurrent layer's, of the initial weights.
        recurrent: a `Bidirectional` layer with half as many units in each direction, that returns its last states
            behind its outputs; without it there is a convolution.

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
        self,
        characters: int,
        dimensions: int,
        units: int,
        dropout: float,
        seed: int,
        recurrent: Any = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        if recurrent is not None and units != 2 * recurrent.forward_layer.units:
            raise ValueError(
                "Argument `units` must be twice the units of each direction of the recurrent layer. "
                f"Received: units={units}, directions of {recurrent.forward_layer.units}"
            )
        self.settings = {"characters": characters, "dimensions": dimensions, "units": units, "dropout": dropout,
                         "seed": seed}  # fmt: skip
        self.recurrent = recurrent is not None
        uniform = keras.initializers.RandomUniform(-((3 / dimensions) ** 0.5), (3 / dimensions) ** 0.5, seed)
        policy = self.dtype_policy
        self.vectors = keras.layers.Embedding(characters, dimensions, embeddings_initializer=uniform, dtype=policy)
        self.dropout = keras.layers.Dropout(dropout, seed=seed, dtype=policy)
        self.encoder: Any = recurrent
        if not self.recurrent:
            self.encoder = keras.layers.Conv1D(
                units, 3, padding="same", kernel_initializer=keras.initializers.GlorotUniform(seed), dtype=policy
            )
            self.pooling = MaskedPooling("max", dtype=policy)

    def build(self, input_shape=None) -> None:
        self.vectors.build()
        self.encoder.build((None, None, self.settings["dimensions"]))

    def call(self, word_numbers, character_ids, training=None):
        mask = ops.not_equal(character_ids, 0)
        vectors = self.dropout(self.vectors(character_ids), training=training)
        if self.recurrent:
            _, *states = self.encoder(vectors, mask=mask, training=training)
            features = ops.concatenate([states[0], states[len(states) // 2]], axis=-1)
        else:
            # The convolution sees zeros behind a word's end, whether the batch pads it or not.
            vectors = vectors * ops.cast(ops.expand_dims(mask, -1), vectors.dtype)
            features = self.pooling(self.encoder(vectors), mask=mask)
        return ops.take(features, ops.maximum(word_numbers - 1, 0), axis=0)

    def compute_mask(self, word_numbers, mask=None):
        return ops.not_equal(word_numbers, 0)

    def compute_output_shape(self, word_numbers_shape, character_ids_shape=None):
        return (*word_numbers_shape, self.settings["units"])

    def get_config(self) -> dict:
        layer = keras.saving.serialize_keras_object(self.encoder) if self.recurrent else None
        return {**super().get_config(), **self.settings, "recurrent": layer}

    @classmethod
    def from_config(cls, config: dict) -> "CharFeatures":
        layer = config["recurrent"] and keras.saving.deserialize_keras_object(config["recurrent"])
        return cls(**{**config, "recurrent": layer})
