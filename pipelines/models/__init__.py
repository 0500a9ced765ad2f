"""Models, built from a task's and a cell's configuration. Importing this package registers their classes."""

from pathlib import Path

import keras

from pipelines.models.captioner import Captioner
from pipelines.models.language_model import LanguageModel
from pipelines.models.seq2seq import Seq2Seq
from pipelines.models.tracing import trace_once

__all__ = ["Captioner", "LanguageModel", "Seq2Seq", "load_model"]


def load_model(path: str | Path) -> keras.Model:
    """Loads a saved model, in safe mode and without its optimizer."""
    model = keras.saving.load_model(path, compile=False, safe_mode=True)
    trace_once(model)
    return model
