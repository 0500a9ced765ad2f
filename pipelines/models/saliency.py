"""Token attributions of a classifier: gradient times input."""

import importlib
from typing import Any

import keras
import numpy as np
from keras import ops


def word_influence(model: keras.Model, inputs: Any, labels: np.ndarray) -> np.ndarray:
    """The gradient of a label's logit by each word's vector, times that vector.

    To first order this is what the word adds to the logit in comparison with a vector of zeros: above zero it spoke
    for the label, below zero against it.

    Args:
        model: from `build_classifier`.
        inputs: the model's: token_ids, int32 (batch, time), and composed vectors, where it takes them.
        labels: number of the label of each text, int (batch,).

    Returns:
        float32 (batch, time), zero at padding.

    Reference: Shrikumar, Greenside & Kundaje, "Learning Important Features Through Propagating Activation
    Differences", ICML 2017, section 2.1 (gradient times input).
    """
    read = [ops.convert_to_tensor(each) for each in (inputs if isinstance(inputs, tuple) else (inputs,))]
    words = model.get_layer("source_vectors")
    vectors, mask = words.call(*read), words.compute_mask(read[0])
    decide = keras.Model([*model.inputs, words.output], model.output)  # the ids are read again, for the mask
    decide.supports_masking = True  # or Keras warns that no mask comes out of it
    chosen = ops.one_hot(labels, model.output.shape[-1])

    def score(vectors: Any) -> Any:
        return ops.sum(decide([*read, vectors], training=False, mask=[*([None] * len(read)), mask]) * chosen)

    influence = ops.sum(_gradient(score, vectors) * vectors, axis=-1)
    return ops.convert_to_numpy(ops.where(mask, influence, 0.0)).astype("float32")


def _gradient(function: Any, at: Any) -> Any:
    if keras.backend.backend() == "jax":
        return importlib.import_module("jax").grad(function)(at)
    import tensorflow

    with tensorflow.GradientTape() as tape:
        tape.watch(at)
        value = function(at)
    return tape.gradient(value, at)
