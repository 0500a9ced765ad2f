"""How the studies train their own small networks."""

from collections.abc import Callable
from typing import Any

import numpy as np


def trainer(model: Any, rate: float = 0.003, *, optimizer: Any = None, loss: Any = None) -> Callable[..., float]:
    """Compiles a network; gives its training step, on inputs, targets and weights, which gives the loss.

    Args:
        model: a Keras model, not compiled.
        rate: the learning rate of Adam, with gradients clipped at a norm of one.
        optimizer: in the place of Adam.
        loss: cross-entropy of logits and classes, if not given.

    Returns:
        The step. Without weights, float32 (batch,) or (batch, time), all targets count alike.
    """
    import keras

    from pipelines.models.tracing import compile_model, training_step

    compile_model(
        model,
        optimizer=optimizer or keras.optimizers.Adam(rate, global_clipnorm=1.0),
        loss=loss or keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    train = training_step(model)

    def step(inputs: Any, targets: Any, weights: Any = None) -> float:
        return train(inputs, targets, np.ones(targets.shape[:2], "float32") if weights is None else weights)

    return step
