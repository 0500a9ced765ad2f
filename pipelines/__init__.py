"""Elman: recurrent networks for text on Word2Vec vectors, as stages of a DVC pipeline."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.runs.trained_run import TrainedRun

__all__ = ["load"]


def load(run: str | Path) -> "TrainedRun":
    """Loads a run folder, in safe mode; it has `predict`, `encode` and, of language models, `generate`.

    Raises:
        InputError: it is not a run folder.
    """
    from pipelines.runs.folder import load_run_folder

    return load_run_folder(run)
