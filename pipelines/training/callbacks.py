"""Callbacks: dev metrics after each epoch, training time, progress, and samples."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np

from embeddings.foundation import progress
from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError


class DevMetrics(keras.callbacks.Callback):
    """Adds a task's own metrics on dev, to an epoch's logs, as `val_<name>` in Keras's manner.

    It must come before callbacks that read the logs.

    Args:
        evaluate: gives the metrics of the model as it is.
        monitor: the one that must be among them.

    Raises:
        InputError: it is not.
    """

    def __init__(self, evaluate: Callable[[], dict[str, float]], monitor: str) -> None:
        super().__init__()
        self.evaluate, self.monitor = evaluate, monitor

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        metrics = self.evaluate()
        if self.monitor not in metrics:
            raise InputError(f"monitor: there is no dev metric {self.monitor!r}{nearest(self.monitor, list(metrics))}")
        if logs is not None:
            logs.update({f"val_{name}": value for name, value in metrics.items()})


class LanguageModelLoss(keras.callbacks.Callback):
    """Adds the loss of a `MultitaskModel`'s language model to an epoch's logs: its mean over the epoch's tokens.

    It must come before callbacks that read the logs.
    """

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._sum = self._tokens = 0.0

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._sum += float(self.model.language_model_loss.total)
        self._tokens += float(self.model.language_model_loss.count)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if logs is not None:
            logs["language_model_loss"] = self._sum / self._tokens


class Stopwatch(keras.callbacks.Callback):
    """Adds up the seconds of training steps, dev evaluation and samples left out. It must be the first callback."""

    seconds = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.seconds += time.perf_counter() - self._start

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leaves out what is done within an epoch that is no training."""
        begin = time.perf_counter()
        yield
        self._start += time.perf_counter() - begin


class Progress(keras.callbacks.Callback):
    """Shows the progress of training, and after each epoch its loss and dev metric.

    Args:
        epochs: the most epochs.
        steps: batches an epoch.
        monitor: the metric to show.
    """

    def __init__(self, epochs: int, steps: int, monitor: str) -> None:
        super().__init__()
        self.epochs, self.steps, self.monitor = epochs, steps, monitor
        self.progress: progress.Progress | None = None

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.epoch = epoch
        if self.progress is None:  # a training that resumes has not spent the time of the epochs before
            self.progress = progress.Progress("training", "epochs", self.epochs, begin=epoch)
            self.progress.start()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._update(self.epoch + (batch + 1) / self.steps, f"step {batch + 1}/{self.steps}", logs)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._update(epoch + 1, "done", logs, keep=True)

    def on_train_end(self, logs: dict | None = None) -> None:
        if self.progress:
            self.progress.stop()

    def _update(self, epochs_done: float, what: str, logs: dict | None, keep: bool = False) -> None:
        assert self.progress is not None
        logs = logs or {}
        shown = [f"{name} {np.asarray(logs[name]):.4g}" for name in ("loss", self.monitor) if name in logs]
        self.progress.update(epochs_done, ", ".join([f"epoch {self.epoch + 1}/{self.epochs} {what}", *shown]), keep)


class Samples(keras.callbacks.Callback):
    """Writes samples of the model every so many steps: JSON Lines of `step`, `loss` of the epoch, and `text`.

    Args:
        write: gives a text.
        steps: between two of them.
        path: of the file.
    """

    def __init__(self, write: Callable[[], str], steps: int, path: Path) -> None:
        super().__init__()
        self.write, self.steps, self.path = write, steps, path
        self._step = 0

    @property
    def state(self) -> list[Any]:
        """Steps done and lines written, for a training that resumes."""
        return [self._step, self.path.read_text(encoding="utf-8") if self.path.exists() else ""]

    @state.setter
    def state(self, state: list[Any]) -> None:
        self._step = state[0]
        self.path.write_text(state[1], encoding="utf-8")

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._step += 1
        if self._step % self.steps == 0:
            row = {"step": self._step, "loss": round(float((logs or {})["loss"]), 4), "text": self.write()}
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
