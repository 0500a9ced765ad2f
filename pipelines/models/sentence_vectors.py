"""The vector of a text: the last hidden states of a trained encoder."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from pipelines.models.captioner import Captioner
from pipelines.models.encoder import encode, last_hidden_states
from pipelines.models.language_model import LanguageModel
from pipelines.models.seq2seq import Seq2Seq


def sentence_encoder(model: keras.Model) -> Callable[[Any], np.ndarray]:
    """A function from a model's inputs to the last hidden states of its encoder's last layer.

    Args:
        model: a classifier, a tagger, an encoder-decoder or a language model; or a captioner, whose decoder's first
            state is given.

    Returns:
        A function from a batch to float32 (batch, units), or (batch, 2 * units) where there are two directions.
    """
    if isinstance(model, Captioner):
        states_of = _of_captioner(model)
    else:
        states_of = _of_subclass(model) if isinstance(model, Seq2Seq | LanguageModel) else _of_layers(model)

    layers = getattr(model, "encoder", None) or _encoder_layers(model)
    bidirectional = bool(layers) and isinstance(layers[-1], keras.layers.Bidirectional)

    def vectors_of(inputs: Any) -> np.ndarray:
        ends = last_hidden_states(states_of(inputs), bidirectional)
        return ops.convert_to_numpy(ops.cast(ops.concatenate(ends, axis=-1), "float32"))

    return vectors_of


def _of_subclass(model: Seq2Seq | LanguageModel) -> Callable[[Any], list]:
    def states_of(source_ids: Any) -> list:
        vectors = model.source_vectors(source_ids)
        return encode(vectors, model.encoder, model.encoder_dropout, training=False)[1][-1]

    return states_of


def _of_captioner(model: Captioner) -> Callable[[Any], list]:
    return lambda features: model.encode(ops.convert_to_tensor(features), training=False)[1][-1]


def _encoder_layers(model: keras.Model) -> list[keras.layers.Layer]:
    return [layer for layer in model.layers if layer.name.removeprefix("encoder_").isdecimal()]


def _of_layers(model: keras.Model) -> Callable[[Any], list]:
    _, *states = _encoder_layers(model)[-1].output
    inside = keras.Model(model.inputs, states)
    return lambda inputs: keras.tree.flatten(inside(inputs if len(model.inputs) > 1 else [inputs], training=False))
