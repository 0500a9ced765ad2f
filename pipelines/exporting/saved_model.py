"""A run as a SavedModel of TensorFlow, which neither Elman nor Keras needs to be loaded for."""

import logging
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from pipelines.exporting.stock_model import stock_model
from pipelines.runs.description import TEXTS
from pipelines.runs.trained_run import TrainedRun
from pipelines.text.subwords import encoding_path


def write_saved_model(source: Path, folder: Path, run: TrainedRun) -> None:
    """Writes a SavedModel, and the vocabularies and labels that stand beside it.

    Args:
        source: the run folder.
        folder: exists.
        run: in Keras, one that `coverage.py` does not refuse.
    """
    module = stock_model(run.task, run.engine.keras_model("a SavedModel"))
    serve = tf.function(module.__call__, module.signature)
    silent = logging.NullHandler()  # without one of ours TensorFlow sets up a handler for all messages
    logging.getLogger().addHandler(silent)
    tf.saved_model.save(module, str(folder), signatures={"serving_default": serve})
    logging.getLogger().removeHandler(silent)
    for path in (path for pattern in (*TEXTS, encoding_path(Path(), "*").name) for path in source.glob(pattern)):
        shutil.copy(path, folder)


class SavedModelEngine:
    """Runs a SavedModel with what a task gives its models; see `pipelines.models.engine`.

    Args:
        folder: of the SavedModel.
    """

    batches_at_once = 1  # TensorFlow has threads of its own

    def __init__(self, folder: Path) -> None:
        loaded: Any = tf.saved_model.load(str(folder))
        self.serve = loaded.signatures["serving_default"]

    def outputs(self, inputs: Any) -> np.ndarray:
        return self.served(inputs)["outputs"]

    def hidden_states(self, inputs: Any) -> np.ndarray:
        return self.served(inputs)["hidden_states"]

    def served(self, inputs: Any) -> dict[str, np.ndarray]:
        """All that the SavedModel gives."""
        first, *more = inputs if isinstance(inputs, tuple) else (inputs,)
        names = list(self.serve.structured_input_signature[1])
        if "columns" in names:
            arrays = {"columns": first}
        else:
            rest = [name for name in ("word_numbers", "character_ids", "shape_ids") if name in names]
            lengths = (first != 0).sum(axis=1).astype("int32")
            arrays = {"token_ids": first, "lengths": lengths, **dict(zip(rest, more, strict=True))}
        found = self.serve(**{name: tf.constant(array) for name, array in arrays.items()})
        return {name: value.numpy() for name, value in found.items()}
