"""Steps of a Keras layer, stock or ours, on TensorFlow (plain or XLA) or JAX."""

import importlib
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from benchmarks.speed.cases import Case

LEARNING_RATE = 1e-3
STOCK = {"lstm": "LSTM", "gru": "GRU", "simple_rnn": "SimpleRNN"}


def make_steps(case: Case, implementation: str, inputs: np.ndarray) -> dict[str, Callable[[], Any]]:
    """A training step (SGD on the mean square of the outputs) and an inference step."""
    if implementation == "elman":
        module = importlib.import_module(f"pipelines.cells.{case.cell}.layer")
        layer = module.layer(case.units, name="layer", seed=1)
        layer.return_state = False
    else:
        layer = getattr(keras.layers, STOCK[case.of_others])(case.units, return_sequences=True, seed=1)
    if case.bidirectional:
        layers = importlib.import_module("pipelines.layers") if implementation == "elman" else keras.layers
        layer = layers.Bidirectional(layer)
    lengths = case.row_lengths()
    mask = None if case.lengths == "full" else np.arange(inputs.shape[1]) < lengths[:, None]
    layer.build(inputs.shape)
    weights = np.ones((*inputs.shape[:2], 1), "float32") if mask is None else mask[..., None].astype("float32")
    scale = weights / np.float32(lengths.sum())
    if keras.backend.backend() == "jax":
        return _jax_steps(layer, inputs, mask, scale)
    return _tensorflow_steps(layer, inputs, mask, scale, jit=implementation == "keras-jit")


def _tensorflow_steps(layer: Any, inputs: Any, mask: Any, scale: Any, jit: bool) -> dict[str, Callable[[], Any]]:
    import tensorflow as tf

    inputs, scale = tf.constant(inputs), tf.constant(scale)
    mask = None if mask is None else tf.constant(mask)

    @tf.function(jit_compile=jit)
    def train() -> Any:
        with tf.GradientTape() as tape:
            outputs = layer(inputs, mask=mask, training=True)
            loss = tf.reduce_sum(outputs * outputs * scale)
        variables = [weight.value for weight in layer.trainable_weights]
        gradients: Any = tape.gradient(loss, variables)
        for variable, gradient in zip(variables, gradients, strict=True):
            variable.assign_sub(LEARNING_RATE * gradient)
        return loss

    @tf.function(jit_compile=jit)
    def infer() -> Any:
        return layer(inputs, mask=mask, training=False)

    return {"train": lambda: train().numpy(), "inference": lambda: infer().numpy()}


def _jax_steps(layer: Any, inputs: Any, mask: Any, scale: Any) -> dict[str, Callable[[], Any]]:
    jax = importlib.import_module("jax")
    fixed = [weight.value for weight in layer.non_trainable_variables]
    state = [[weight.value for weight in layer.trainable_variables]]

    def loss(weights: Any) -> Any:
        outputs, _ = layer.stateless_call(weights, fixed, inputs, mask=mask, training=True)
        return (outputs * outputs * scale).sum()

    @jax.jit
    def step(weights: Any) -> Any:
        value, gradients = jax.value_and_grad(loss)(weights)
        return [weight - LEARNING_RATE * gradient for weight, gradient in zip(weights, gradients, strict=True)], value

    @jax.jit
    def infer(weights: Any) -> Any:
        return layer.stateless_call(weights, fixed, inputs, mask=mask, training=False)[0]

    def train() -> Any:
        state[0], value = step(state[0])
        return value.block_until_ready()

    return {"train": train, "inference": lambda: infer(state[0]).block_until_ready()}
