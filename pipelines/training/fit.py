"""Training a model until its dev metric stops rising."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import TrainingBatches
from pipelines.batches.chunks import CarriedBatches
from pipelines.models.language_model_objective import MultitaskModel
from pipelines.models.tracing import compile_model, training_step
from pipelines.tasks.config import TrainingConfig
from pipelines.training.callbacks import DevMetrics, LanguageModelLoss, Progress, Stopwatch
from pipelines.training.optimizer import build_optimizer
from pipelines.training.resumption import Checkpoint, Resumption

Step = Callable[[Any, Any, Any], float]  # learns from inputs, targets and weights of a batch, and gives its loss
MakeStep = Callable[[Any, Any, Sequence[Any]], Step]


def fit(
    model: Any,
    loss: Any,
    batches: TrainingBatches | CarriedBatches,
    evaluate: Callable[[], dict[str, float]],
    config: TrainingConfig,
    monitor: str,
    clip_norm: float,
    history: Path,
    callbacks: Sequence[Any] = (),
    word_tables: Sequence[Any] = (),
    checkpoint: Checkpoint | None = None,
    *,
    better: Literal["higher", "lower"] = "higher",
    frozen_epochs: int = 0,
    make_step: MakeStep | None = None,
) -> dict[str, Any]:
    """Trains a model in place and leaves it with the weights of its best epoch, the first one of equals.

    Args:
        model: a built Keras model.
        loss: its loss, averaged over real targets.
        batches: the training batches.
        evaluate: gives the dev metrics of the model as it is.
        config: optimiser, epochs and patience.
        monitor: the dev metric that decides.
        clip_norm: global norm above which gradients are scaled down.
        history: CSV file of the learning curves.
        callbacks: Keras callbacks of the task's own.
        word_tables: the layers of word vectors.
        checkpoint: of the last epoch; where there is one, the training resumes from it.
        better: which values of the monitored metric are.
        frozen_epochs: first epochs in which word vectors stay as they are.
        make_step: of the compiled model, its loss, and the weights that training changes makes what learns from a
            batch, as several workers do; if not given, Keras's own training step does.

    Raises:
        InputError: Keras has no such optimiser, dev does not give the metric, or the loss of a step is not finite.

    Returns:
        What the training cost: epochs, seconds of steps (none of dev, samples or progress), real tokens (or steps of
        features) of sources a second, padding share.
    """
    steps = config.epochs * len(batches)
    optimizer = build_optimizer(config, clip_norm, steps, model.trainable_variables)
    constant = {id(weight) for layer in word_tables for weight in layer.non_trainable_weights}
    changing = [weight for weight in model.weights if id(weight) not in constant]

    def begin(words_learn: bool) -> None:
        for layer in word_tables:
            layer.trainable = words_learn
        # XLA would compile anew for every batch shape.
        compile_model(model, optimizer=optimizer, loss=loss, jit_compile=keras.backend.backend() == "jax")

    frozen = bool(frozen_epochs)
    begin(words_learn=not frozen)
    learn_from = make_step(model, loss, changing) if make_step else training_step(model)
    stopwatch = Stopwatch()
    stopping = keras.callbacks.EarlyStopping(
        f"val_{monitor}",
        mode="min" if better == "lower" else "max",
        patience=config.patience,
        restore_best_weights=True,
        start_from_epoch=config.start_from_epoch,
    )
    progress = Progress(config.epochs, len(batches), f"val_{monitor}")
    curves = keras.callbacks.CSVLogger(str(history))
    averages = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if config.averaging else []
    seconds = [LanguageModelLoss()] if isinstance(model, MultitaskModel) else []
    writers = [*seconds, DevMetrics(evaluate, monitor)]
    all_callbacks = [stopwatch, *averages, *writers, curves, progress, stopping, *callbacks]
    counts = {"epochs": 0, "real_tokens": 0, "padded_tokens": 0}
    if checkpoint:
        all_callbacks.append(Resumption(checkpoint, changing, batches, counts, stopwatch, curves, stopping, callbacks))
    callback_list = keras.callbacks.CallbackList(all_callbacks, model=model, epochs=config.epochs, steps=len(batches))

    # `Model.fit` would fix the time dimension where the first two batches happen to be of equal length.
    try:
        callback_list.on_train_begin()
        for average in averages if counts["epochs"] else ():
            average._ema_weights_in_model = True  # a checkpoint is written while they are
        while (epoch := counts["epochs"]) < config.epochs and not model.stop_training:
            if frozen and epoch >= frozen_epochs:
                frozen = False
                begin(words_learn=True)
                learn_from = learn_from if make_step else training_step(model)
            callback_list.on_epoch_begin(epoch)
            logs: dict[str, Any] = {}
            loss_sum = targets_seen = 0.0
            for step, (inputs, targets, weights) in enumerate(batches.epoch()):
                callback_list.on_train_batch_begin(step)
                batch_loss = learn_from(inputs, targets, weights)
                if not math.isfinite(batch_loss):
                    raise InputError(
                        f"training diverged: the loss of epoch {epoch + 1}, step {step + 1} is {batch_loss}; "
                        "lower training.learning_rate or the cell's clip_norm"
                    )
                loss_sum += batch_loss * float(weights.sum())
                targets_seen += float(weights.sum())
                logs = {"loss": loss_sum / targets_seen}  # of the epoch so far; Keras gives that of the batch
                with stopwatch.paused():
                    callback_list.on_train_batch_end(step, logs)
                source = inputs[0] if isinstance(inputs, tuple) else inputs
                steps = source if source.ndim == 2 else np.ones(source.shape[:2])  # features have no padding
                counts["real_tokens"] += int(np.count_nonzero(steps))
                counts["padded_tokens"] += steps.size
            counts["epochs"] += 1
            callback_list.on_epoch_end(epoch, logs)
        callback_list.on_train_end()
    finally:
        if curves.csv_file:
            curves.csv_file.close()
    return {
        "epochs": counts["epochs"],
        "best_epoch": stopping.best_epoch + 1,
        "training_seconds": round(stopwatch.seconds, 2),
        "tokens_per_second": round(counts["real_tokens"] / stopwatch.seconds),
        "padding_share": round(1 - counts["real_tokens"] / counts["padded_tokens"], 4),
    }
