"""Loading of saved models."""

from pathlib import Path

import keras

from pipelines.models import captioner, language_model, seq2seq
from pipelines.models.tracing import trace_once

REGISTERED = (captioner.Captioner, language_model.LanguageModel, seq2seq.Seq2Seq)  # importing them registers them


def load_model(path: str | Path) -> keras.Model:
    """Loads a saved model, in safe mode and without its optimizer."""
    model = keras.saving.load_model(path, compile=False, safe_mode=True)
    trace_once(model)
    return model
