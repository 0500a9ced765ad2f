"""Many-to-one: the label of a text, or of an image's columns, from the states of a recurrent encoder."""

from typing import Any

import keras

from pipelines.layers import AttentionPooling, MaskedPooling
from pipelines.models.config import EncoderConfig
from pipelines.models.encoder import (
    dropouts,
    embed_words,
    encode,
    last_hidden_states,
    recurrent_stack,
    word_inputs,
)
from pipelines.text.vocabulary import Vocabulary


def build_classifier(
    vocabulary: Vocabulary,
    dimensions: int,
    labels: int,
    cell: EncoderConfig,
    seed: int,
    *,
    pooling: str,
    word_dropout: float = 0.0,
    composed: bool = False,
) -> keras.Model:
    """A classifier of texts.

    Args:
        vocabulary: of the texts.
        dimensions: width of the word vectors.
        labels: number of labels.
        cell: the encoder.
        seed: of the initial weights and of dropout.
        pooling: `last` joins the last real state of each direction; `max`, `mean` and `attention` pool the outputs.
        word_dropout: share of the words that training replaces by the unknown word.
        composed: whether ids may stand beyond the vocabulary, for composed vectors.

    Returns:
        A model from the `word_inputs` to logits, float32 (batch, labels).
    """
    inputs = word_inputs(dimensions, composed)
    vectors = embed_words(inputs[0], vocabulary, dimensions, word_dropout, seed, *inputs[1:])
    return keras.Model(
        inputs if composed else inputs[0], _logits(vectors, labels, cell, seed, pooling), name="classifier"
    )


def build_column_classifier(height: int, labels: int, cell: EncoderConfig, seed: int, *, pooling: str) -> keras.Model:
    """A classifier of images as sequences of columns.

    Args:
        height: pixels of a column.
        labels: number of labels.
        cell: the encoder.
        seed: of the initial weights and of dropout.
        pooling: as for texts.

    Returns:
        A model from float32 (batch, columns, height) to logits, float32 (batch, labels).
    """
    columns = keras.Input((None, height), dtype="float32", name="columns")
    return keras.Model(columns, _logits(columns, labels, cell, seed, pooling), name="column_classifier")


def _logits(vectors: Any, labels: int, cell: EncoderConfig, seed: int, pooling: str) -> Any:
    """Logits, float32 (batch, labels), of sequences of vectors, float (batch, time, dimensions)."""
    outputs, states = encode(vectors, recurrent_stack(cell, seed), dropouts(cell, seed))
    if pooling == "last":
        ends = last_hidden_states(states[-1], cell.bidirectional)
        text = keras.layers.Concatenate(name="last_states")(ends) if len(ends) > 1 else ends[0]
        text = keras.layers.Dropout(cell.dropout, seed=seed + 200, name="text_dropout")(text)
    else:
        text = _pooling(pooling, cell.units, seed)(outputs)
    return keras.layers.Dense(
        labels, kernel_initializer=keras.initializers.GlorotUniform(seed), dtype="float32", name="logits"
    )(text)


def _pooling(method: str, units: int, seed: int) -> keras.layers.Layer:
    if method == "attention":
        return AttentionPooling(units, seed + 600, name="attention_pooling")
    return MaskedPooling(method, name=f"{method}_pooling")
