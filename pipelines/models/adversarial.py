"""Adversarial training: a step learns from a batch twice, the second time with its inputs moved to raise the loss."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import keras
from keras import ops

from embeddings.foundation.errors import InputError

SMALLEST = 1e-12  # of a norm that is divided by


def adversarial_step(model: Any, share: float) -> Callable[[Any], dict[str, Any]]:
    """A training step of a compiled classifier or tagger, as `training_step` takes it.

    With x all vectors that the model reads of an example (word vectors, or columns of an image) and g the gradient of
    the loss by them, the second loss is that at x + share |x| g / |g|, where the move is a constant. The step descends
    the mean of both losses, and gives the first. Words are dropped once, so that both read the same words; the other
    draws of dropout are new.

    Args:
        model: compiled, of one call from inputs to scores.
        share: of the norm of an example's vectors, the norm of the move.

    Raises:
        InputError: Keras does not run on TensorFlow.

    Reference: Miyato, Dai & Goodfellow, "Adversarial Training Methods for Semi-Supervised Text Classification", ICLR
    2017, section 3. There word vectors are normalised, so that they cannot outgrow the move; here it grows with them.
    """
    if (backend := keras.backend.backend()) != "tensorflow":
        raise InputError(f"training.adversarial: expected Keras on TensorFlow, got {backend}; unset KERAS_BACKEND")
    import tensorflow

    words = next((layer for layer in model.layers if layer.name == "source_vectors"), None)

    def step(batch: Any) -> dict[str, Any]:
        inputs, targets, weights = batch

        def gradients(tape: Any, outputs: Any, at: list[Any]) -> tuple[Any, list[Any]]:
            loss = model.compute_loss(inputs, targets, outputs, weights, training=True)
            with tape.stop_recording():
                return loss, tape.gradient(loss, at)

        trained = model.trainable_weights
        values = [variable.value for variable in trained]
        with tensorflow.GradientTape(persistent=True) as tape:
            if words is None:
                tape.watch(vectors := inputs)
                outputs = model(inputs, training=True)
            else:
                vectors, outputs = _read(model, words, inputs, tape)
            loss, (uphill, *plain) = gradients(tape, outputs, [vectors, *values])
            moved = vectors + tensorflow.stop_gradient(move(vectors, uphill, share))
            with _calling(words, lambda *given: moved) if words else nullcontext():
                outputs = model(inputs if words else moved, training=True)
            _, adversarial = gradients(tape, outputs, values)
        pairs = [
            (tensorflow.convert_to_tensor(first) + tensorflow.convert_to_tensor(second)) / 2
            for first, second in zip(plain, adversarial, strict=True)
        ]
        model.optimizer.apply(pairs, trained)
        return {"loss": loss}

    return step


def _read(model: Any, words: Any, inputs: Any, tape: Any) -> tuple[Any, Any]:
    """The word vectors of a batch, watched by a tape, and the model's outputs."""
    look_up, found = words.call, []

    def watched(*given: Any) -> Any:
        vectors = look_up(*given)
        tape.watch(vectors)
        found.append(vectors)
        return vectors

    with _calling(words, watched):
        outputs = model(inputs, training=True)
    return found[0], outputs


@contextmanager
def _calling(layer: Any, call: Any) -> Iterator[None]:
    """Lets a layer compute something else: a model of parts of a model could not be saved afterwards."""
    layer.call = call
    try:
        yield
    finally:
        del layer.call


def move(vectors: Any, gradient: Any, share: float) -> Any:
    """Where an example's vectors go, of so much of their norm.

    Args:
        vectors: float (batch, time, dimensions); zeros at padding.
        gradient: of the loss by them.
        share: of the norm.
    """

    def norm(values: Any) -> Any:
        return ops.sqrt(ops.sum(ops.square(values), axis=(1, 2), keepdims=True))

    return share * norm(vectors) * gradient / ops.maximum(norm(gradient), SMALLEST)
