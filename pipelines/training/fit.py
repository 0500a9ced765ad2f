"""Training a model until its dev metric stops rising."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from pipelines.config import TrainingConfig
from pipelines.data.batching import TrainingBatches
from pipelines.models.tracing import trace_once
from pipelines.training.callbacks import DevMetrics, Progress, Stopwatch


def fit(
    model: Any,
    loss: Any,
    batches: TrainingBatches,
    evaluate: Callable[[], dict[str, float]],
    config: TrainingConfig,
    monitor: str,
    clip_norm: float,
    history: Path,
) -> dict[str, Any]:
    """Trains a model in place and leaves it with the weights of its best epoch, the first one of equals.

    Args:
        model: a built Keras model.
        loss: its loss, averaged over real targets.
        batches: the training batches.
        evaluate: gives the dev metrics of the model as it is.
        config: optimiser, epochs and patience.
        monitor: the dev metric that decides; more is better.
        clip_norm: global norm above which gradients are scaled down.
        history: CSV file of the learning curves.

    Returns:
        What the training cost: epochs, seconds of steps, real tokens (or steps of features) of sources a second,
        padding share.
    """
    learning_rate: Any = config.learning_rate
    if config.schedule == "cosine":
        learning_rate = keras.optimizers.schedules.CosineDecay(learning_rate, config.epochs * len(batches))
    optimizer = keras.optimizers.get(
        {"class_name": config.optimizer, "config": {"learning_rate": learning_rate, "global_clipnorm": clip_norm}}
    )
    # XLA would compile anew for every batch shape.
    model.compile(optimizer=optimizer, loss=loss, jit_compile=keras.backend.backend() == "jax")
    trace_once(model)
    stopwatch = Stopwatch()
    stopping = keras.callbacks.EarlyStopping(
        f"val_{monitor}",
        mode="max",
        patience=config.patience,
        restore_best_weights=True,
        start_from_epoch=config.start_from_epoch,
    )
    progress = Progress(config.epochs, len(batches), f"val_{monitor}")
    curves = keras.callbacks.CSVLogger(str(history))
    callbacks = keras.callbacks.CallbackList([stopwatch, DevMetrics(evaluate), curves, progress, stopping], model=model)

    # `Model.fit` would fix the time dimension where the first two batches happen to be of equal length.
    epochs = real_tokens = padded_tokens = 0
    callbacks.on_train_begin()
    while epochs < config.epochs and not model.stop_training:
        callbacks.on_epoch_begin(epochs)
        logs: dict[str, Any] = {}
        loss_sum = targets_seen = 0.0
        for step, (inputs, targets, weights) in enumerate(batches.epoch()):
            callbacks.on_train_batch_begin(step)
            batch_loss = model.train_on_batch(inputs, targets, sample_weight=weights, return_dict=True)["loss"]
            loss_sum += float(batch_loss) * float(weights.sum())
            targets_seen += float(weights.sum())
            logs = {"loss": loss_sum / targets_seen}  # of the epoch so far; Keras gives that of the batch
            callbacks.on_train_batch_end(step, logs)
            source = inputs[0] if isinstance(inputs, tuple) else inputs
            steps = source if source.ndim == 2 else np.ones(source.shape[:2])  # features have no padding
            real_tokens += int(np.count_nonzero(steps))
            padded_tokens += steps.size
        callbacks.on_epoch_end(epochs, logs)
        epochs += 1
    callbacks.on_train_end()
    return {
        "epochs": epochs,
        "best_epoch": stopping.best_epoch + 1,
        "training_seconds": round(stopwatch.seconds, 2),
        "tokens_per_second": round(real_tokens / stopwatch.seconds),
        "padding_share": round(1 - real_tokens / padded_tokens, 4),
    }
