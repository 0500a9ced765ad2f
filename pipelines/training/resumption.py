"""Resuming interrupted training: its state after the last whole epoch."""

import json
import logging
import sys
import time
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from embeddings.foundation.files import atomic_path, checksum
from embeddings.foundation.reading import open_file
from pipelines.batches.batching import TrainingBatches
from pipelines.batches.chunks import CarriedBatches
from pipelines.training.callbacks import Stopwatch

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]  # of our packages
PACKAGES = ("keras", "numba", "numpy", "tensorflow")


class Checkpoint:
    """A file with the state of one training, which no other training takes.

    It is the same training if settings, inputs, the versions of packages and the code that was loaded are the same.

    Args:
        output: the run folder; the file is next to it, since DVC removes a stage's outs before it runs the stage.
        settings: configurations and device, as JSON.
        inputs: every file that the training reads.
        started: when the process began, by `time.perf_counter`.
    """

    def __init__(self, output: Path, settings: Mapping[str, Any], inputs: Iterable[Path], started: float) -> None:
        self.path = output.with_name(f".{output.name}.training.npz")
        self._origin = json.loads(json.dumps(settings)) | {
            "inputs": [sha256(path) for path in inputs],
            "packages": {name: version(name) for name in PACKAGES} | {"python": sys.version},
        }
        self._code: dict[str, str] = {}
        self._note_code()
        self._started, self._before = started, 0.0

    def write(self, state: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Replaces the file by one of the epoch that has just ended."""
        self._note_code()
        about = {"origin": self._origin, "code": self._code, "wall_seconds": self.wall_seconds(), "state": state}
        # As `np.savez` writes it, but for the date, which it cannot before 1980.
        with atomic_path(self.path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            for name, array in {"about": np.array(json.dumps(about)), **arrays}.items():
                with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)

    def read(self) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
        """The state and arrays of this training; a file of another training, or a damaged one, is removed."""
        if not self.path.exists():
            return None
        try:
            with open_file(self.path) as opened, np.load(opened, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            about = json.loads(str(arrays.pop("about")))
            others = [key for key, value in self._origin.items() if value != about["origin"].get(key)]
            others += [name for name, digest in about["code"].items() if digest != sha256(ROOT / name)]
        except Exception as error:  # zipfile, zlib and NumPy raise whatever they stumble over
            others = [f"{error}"[:200]]
        if others:
            log.info(f"{self.path}: is of another training ({', '.join(others[:3])}); training starts from scratch")
            self.remove()
            return None
        self._before = about["wall_seconds"]
        return about["state"], arrays

    @property
    def code(self) -> dict[str, str]:
        """The checksums of our modules that have been loaded, by path."""
        self._note_code()
        return self._code

    def remove(self) -> None:
        """Removes the file, if there is one."""
        self.path.unlink(missing_ok=True)

    def wall_seconds(self) -> float:
        """Time spent on this training, that of killed processes until their last epoch included."""
        return time.perf_counter() - self._started + self._before

    def _note_code(self) -> None:
        """Takes the checksums of our modules that have been loaded meanwhile; some are loaded at their first use."""
        for name, module in list(sys.modules.items()):
            name = module.__spec__.name if name == "__main__" and module.__spec__ else name
            if name.partition(".")[0] in ("embeddings", "pipelines") and module.__file__:
                path = str(Path(module.__file__).relative_to(ROOT))
                self._code[path] = self._code.get(path) or sha256(ROOT / path)


class Resumption(keras.callbacks.Callback):
    """Writes a checkpoint after each epoch, and resumes from the one that there is. It must be the last callback.

    Args:
        checkpoint: the file.
        changing: the weights that training changes; the others are those that the model was built with.
        batches: the training batches, for the state of their draws.
        counts: what the loop counts over its epochs, `epochs` among it; restored in place.
        stopwatch: the seconds of training steps.
        curves: the history.
        stopping: the best epoch and its weights.
        callbacks: those of which some have a `state`, as JSON.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        changing: Sequence[Any],
        batches: TrainingBatches | CarriedBatches,
        counts: dict[str, int],
        stopwatch: Stopwatch,
        curves: keras.callbacks.CSVLogger,
        stopping: keras.callbacks.EarlyStopping,
        callbacks: Sequence[Any],
    ) -> None:
        super().__init__()
        self.checkpoint, self.changing, self.batches = checkpoint, changing, batches
        self.counts, self.stopwatch = counts, stopwatch
        self.curves, self.stopping = curves, stopping
        self.stateful = [callback for callback in callbacks if hasattr(callback, "state")]

    def on_train_begin(self, logs: dict | None = None) -> None:
        if not (found := self.checkpoint.read()):
            return
        state, arrays = found
        for number, variable in enumerate(self._variables()):
            variable.assign(arrays[f"variable_{number}"])
        vars(self.stopping).update(state["stopping"])
        if self.stopping.best is not None:
            self.stopping.best_weights = [
                arrays[f"best_{number}"] if f"best_{number}" in arrays else keras.ops.convert_to_numpy(weight)
                for number, weight in enumerate(self.model.weights)
            ]
        self.model.stop_training = state["stop_training"]
        self.batches.random.bit_generator.state = state["batches"]
        self.stopwatch.seconds = state["training_seconds"]
        self.counts.update(state["counts"])
        self.curves.csv_file.write(state["history"])
        self.curves.append_header = False
        for callback, its in zip(self.stateful, state["callbacks"], strict=True):
            callback.state = its
        log.info(f"resumes after epoch {self.counts['epochs']} of {self.params['epochs']}")

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        stopping = {name: getattr(self.stopping, name) for name in ("wait", "stopped_epoch", "best_epoch", "best")}
        if stopping["best"] is not None:  # as it is while epochs are passed before one may be the best
            stopping["best"] = float(stopping["best"])
        state = {
            "stopping": stopping,
            "stop_training": self.model.stop_training,
            "batches": dict(self.batches.random.bit_generator.state),
            "training_seconds": self.stopwatch.seconds,
            "counts": self.counts,
            "callbacks": [callback.state for callback in self.stateful],
            "history": Path(self.curves.filename).read_bytes().decode(),
        }
        variables = [keras.ops.convert_to_numpy(variable) for variable in self._variables()]
        arrays = {f"variable_{number}": value for number, value in enumerate(variables)}
        changing = {id(weight) for weight in self.changing}
        for number, best in enumerate(self.stopping.best_weights or ()):
            if id(self.model.weights[number]) in changing:
                arrays[f"best_{number}"] = best
        self.checkpoint.write(state, arrays)

    def _variables(self) -> list[Any]:
        """What training changes: weights, the states of random draws, the optimiser's variables."""
        weights = {id(weight) for weight in self.model.weights}
        draws = [variable for variable in self.model.variables if id(variable) not in weights]
        return [*self.changing, *draws, *self.model.optimizer.variables]


def sha256(path: Path) -> str:
    """Of a file's bytes; empty where there is no such file."""
    return checksum(path) if path.is_file() else ""
