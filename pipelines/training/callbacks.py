"""Callbacks: the task's dev metric after each epoch, the time spent on training alone, progress, and samples."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError


class DevMetrics(keras.callbacks.Callback):
    """Adds a task's own metrics on dev, to an epoch's logs, as `val_<name>` in Keras's manner.

    It must stand before callbacks that read the logs.

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
            raise InputError(f"monitor: dev gives no {self.monitor!r}{nearest(self.monitor, list(metrics))}")
        if logs is not None:
            logs.update({f"val_{name}": value for name, value in metrics.items()})


class Stopwatch(keras.callbacks.Callback):
    """Adds up the seconds of training steps, dev evaluation left out. It must be the first callback."""

    seconds = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.seconds += time.perf_counter() - self._start


class Progress(keras.callbacks.Callback):
    """Prints a line every few seconds and after each epoch, with the time left if no epoch stops early.

    Args:
        epochs: the most epochs.
        steps: batches an epoch.
        monitor: the metric to show.
        every_seconds: time between lines inside an epoch.
    """

    def __init__(self, epochs: int, steps: int, monitor: str, every_seconds: float = 15.0) -> None:
        super().__init__()
        self.epochs, self.steps, self.monitor, self.every_seconds = epochs, steps, monitor, every_seconds

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._start = self._shown = time.perf_counter()
        self._epoch = 0
        self._first: int | None = None  # epoch of this process: one that resumes has not spent the time of those before

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch
        self._first = epoch if self._first is None else self._first

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if time.perf_counter() - self._shown > self.every_seconds:
            self._print(self._epoch + (batch + 1) / self.steps, f"step {batch + 1}/{self.steps}", logs)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._print(epoch + 1, "done", logs)

    def _print(self, epochs_done: float, what: str, logs: dict | None) -> None:
        self._shown = time.perf_counter()
        spent = self._shown - self._start
        left = spent / (epochs_done - (self._first or 0)) * (self.epochs - epochs_done)
        logs = logs or {}
        shown = [f"{name} {np.asarray(logs[name]):.4g}" for name in ("loss", self.monitor) if name in logs]
        print(
            f"epoch {self._epoch + 1}/{self.epochs} {what}  {'  '.join(shown)}  "
            f"{spent:.0f} s, at most {left:.0f} s left",
            file=sys.stderr,
            flush=True,
        )


class Samples(keras.callbacks.Callback):
    """Writes what the model writes after every so many steps: JSON Lines of `step`, `loss` of the epoch, and `text`.

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
