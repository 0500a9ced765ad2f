"""The optimiser that a task's configuration asks for."""

from collections.abc import Sequence
from typing import Any

import keras

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.models.adam import compile_updates
from pipelines.tasks.config import TrainingConfig


def build_optimizer(config: TrainingConfig, clip_norm: float, steps: int, variables: Sequence[Any]) -> Any:
    """A Keras optimiser, built for the variables, with Adam's updates compiled.

    Args:
        config: optimiser, learning rate, schedule and averaging.
        clip_norm: global norm above which gradients are scaled down.
        steps: of the whole training, over which a cosine schedule decays.
        variables: that it updates.

    Raises:
        InputError: Keras has no such optimiser.
    """
    learning_rate: Any = config.learning_rate
    if config.schedule == "cosine":
        learning_rate = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    settings: dict[str, Any] = {"learning_rate": learning_rate, "global_clipnorm": clip_norm}
    if config.averaging:
        settings |= {"use_ema": True, "ema_momentum": config.averaging}
    try:
        optimizer = keras.optimizers.get({"class_name": config.optimizer, "config": settings})
    except ValueError:
        known = sorted(name.lower() for name in dir(keras.optimizers) if name[0].isupper())
        raise InputError(
            f"training.optimizer: Keras has no {config.optimizer!r}{nearest(config.optimizer, known)}"
        ) from None
    optimizer.build(variables)
    compile_updates(optimizer)
    return optimizer
