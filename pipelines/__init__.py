"""Elman: recurrent networks for text on Word2Vec vectors, as stages of a DVC pipeline."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.foundation.quiet_start import QuietStart

if TYPE_CHECKING:
    from pipelines.runs.trained_run import TrainedRun

__all__ = ["load"]

sys.meta_path.insert(0, QuietStart())


def load(run: str | Path, engine: str | None = None) -> "TrainedRun":
    """Loads a run folder, in safe mode; it has `predict`, `encode` and, of language models, `generate`.

    Args:
        run: the folder.
        engine: `onnx` for ONNX Runtime, `keras` for Keras; if not given, `onnx` where the run has graphs, and Keras
            beside it for gradients.

    Raises:
        InputError: it is not a run folder, or has nothing for the engine.
    """
    from pipelines.runs.folder import load_run_folder

    return load_run_folder(run, engine)
