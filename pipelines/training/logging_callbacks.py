"""Keras callbacks that log each epoch: into a CSV file, to TensorBoard, to MLflow."""

import csv
import os
import time
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import keras

EXPERIMENT = "elman"


class CSVLog(keras.callbacks.Callback):
    """Writes what is known of each epoch into a file that can be read meanwhile.

    The run folder's `history.csv` has the metrics too, but appears only with the finished run.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    @property
    def state(self) -> str:
        """What is written, for a training that resumes."""
        return self.path.read_bytes().decode("utf-8") if self.path.exists() else ""

    @state.setter
    def state(self, state: str) -> None:
        self.path.write_bytes(state.encode("utf-8"))

    def on_train_begin(self, logs: dict | None = None) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self._begin = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        row = {"epoch": epoch, "seconds": round(time.perf_counter() - self._begin, 2), **_numbers(self.model, logs)}
        new = not self.state
        with open(self.path, "a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(row), lineterminator="\n")
            if new:
                writer.writeheader()
            writer.writerow(row)


class MLflowLog(keras.callbacks.Callback):
    """Makes the training a run of MLflow, in a local SQLite database: its settings, and the metrics of each epoch.

    Args:
        database: the file.
        name: of the run.
        settings: of the run.
    """

    def __init__(self, database: Path, name: str, settings: Mapping[str, Any]) -> None:
        super().__init__()
        self.database, self.name, self.settings = database, name, settings
        self.state: str | None = None  # the id of the run, for a training that resumes

    def on_train_begin(self, logs: dict | None = None) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # read when it is imported
        self.mlflow = import_module("mlflow")  # of an extra
        self.database.parent.mkdir(parents=True, exist_ok=True)
        self.client = self.mlflow.MlflowClient(f"sqlite:///{self.database.resolve()}")

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        entities, now = self.mlflow.entities, int(time.time() * 1000)
        if self.state is None:
            experiment = self.client.get_experiment_by_name(EXPERIMENT)
            number = experiment.experiment_id if experiment else self.client.create_experiment(EXPERIMENT)
            self.state = self.client.create_run(number, run_name=self.name).info.run_id
            params = [entities.Param(key, str(value)) for key, value in _flat(self.settings)]
            self.client.log_batch(self.state, params=params)
        numbers = _numbers(self.model, logs)
        metrics = [entities.Metric(key, value, now, epoch) for key, value in numbers.items()]
        self.client.log_batch(self.state, metrics)

    def on_train_end(self, logs: dict | None = None) -> None:
        if self.state is not None:
            self.client.set_terminated(self.state)


def tensorboard(folder: Path) -> keras.callbacks.TensorBoard:
    """Keras's own callback: metrics of train and dev, and the learning rate, by epoch."""
    return keras.callbacks.TensorBoard(str(folder), write_graph=False, update_freq="epoch")


def _numbers(model: Any, logs: Mapping[str, Any] | None) -> dict[str, float]:
    """What is known of an epoch, the learning rate included."""
    rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    return {"learning_rate": rate, **{name: float(value) for name, value in (logs or {}).items()}}


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Settings by the path of their keys: `task.training.epochs`."""
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
