"""The recurrent encoder that every model shares: word vectors, then stacked cells."""

from dataclasses import asdict
from typing import Any

import keras

from embeddings.foundation import plugins
from pipelines.layers import Bidirectional, WordDropout, WordEmbedding
from pipelines.models.config import EncoderConfig
from pipelines.text.vocabulary import UNKNOWN_ID, Vocabulary


def embed_words(
    token_ids: Any,
    vocabulary: Vocabulary,
    dimensions: int,
    word_dropout: float,
    seed: int,
    composed_vectors: Any = None,
) -> Any:
    """The word vectors of token ids, with a mask; their values are set after the model is built.

    Args:
        token_ids: int32 (batch, time).
        vocabulary: of the ids.
        dimensions: width of the vectors.
        word_dropout: share of the words that training replaces by the unknown word.
        seed: of those draws.
        composed_vectors: float (words, dimensions), of ids beyond the vocabulary, where there are such.
    """
    if word_dropout:
        token_ids = WordDropout(word_dropout, UNKNOWN_ID, seed + 300, name="word_dropout")(token_ids)
    rows = vocabulary.trained_size, len(vocabulary.frozen)
    embed = WordEmbedding(*rows, dimensions, name="source_vectors")
    return embed(token_ids) if composed_vectors is None else embed(token_ids, composed_vectors)


def word_inputs(dimensions: int, composed: bool) -> list[Any]:
    """The inputs of a model that reads words: `token_ids`, int32 (batch, time), and, where words of no vocabulary are
    composed, `composed_vectors`, float32 (words, dimensions)."""
    token_ids = keras.Input((None,), dtype="int32", name="token_ids")
    return [token_ids, *([keras.Input((dimensions,), dtype="float32", name="composed_vectors")] if composed else [])]


def recurrent_layer(config: EncoderConfig, units: int, name: str, seed: int) -> keras.layers.Layer:
    """A layer of an encoder's cell, in one direction; it returns a sequence and its last states."""
    return plugins.load("pipelines.cells", config.cell, "layer").layer(units, name, seed, **asdict(config.own))


def recurrent_stack(config: EncoderConfig, seed: int, name: str = "encoder") -> list[keras.layers.Layer]:
    """The recurrent layers of an encoder, the first one first; each returns a sequence and its last states."""
    layers = []
    for level in range(config.depth):
        layer = recurrent_layer(config, config.units, f"{name}_{level}", seed + level)
        layers.append(Bidirectional(layer, name=f"{name}_{level}") if config.bidirectional else layer)
    return layers


def dropouts(config: EncoderConfig, seed: int, name: str = "encoder") -> list[keras.layers.Layer]:
    """Dropout for the inputs of each recurrent layer and for the last outputs, one mask for a whole sequence.

    Reference: Gal & Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks",
    NeurIPS 2016, section 3. Its dropout of states is the cell's own: `recurrent_dropout`.
    """
    return [
        keras.layers.SpatialDropout1D(config.dropout, seed=seed + 100 + level, name=f"{name}_dropout_{level}")
        for level in range(config.depth + 1)
    ]


def encode(
    inputs: Any,
    layers: list,
    dropout_layers: list,
    training: bool | None = None,
    starts: list[list] | None = None,
    mask: Any = None,
) -> tuple[Any, list[list]]:
    """Runs a stack over word vectors.

    Args:
        inputs: float (batch, time, dimensions), with a mask.
        layers: from `recurrent_stack`.
        dropout_layers: from `dropouts`.
        training: whether dropout is active.
        starts: the first states of each layer, each float (batch, units); zeros if not given.
        mask: bool (batch, time), to give with `starts`: beside states, Keras hands a layer no mask of its inputs.

    Returns:
        The last layer's outputs, float (batch, time, width), and for each layer its last states, the forward
        direction's first, each float (batch, units).
    """
    states = []
    outputs = dropout_layers[0](inputs, training=training)
    for level, (layer, dropout) in enumerate(zip(layers, dropout_layers[1:], strict=True)):
        start = {"initial_state": starts[level], "mask": mask} if starts else {}
        outputs, *last_states = layer(outputs, training=training, **start)
        states.append(last_states)
        outputs = dropout(outputs, training=training)
    return outputs, states


def last_hidden_states(states: list, bidirectional: bool) -> list:
    """Of a layer's states the hidden ones, one a direction (an LSTM's cell states are left out)."""
    return [states[0], states[len(states) // 2]] if bidirectional else [states[0]]
