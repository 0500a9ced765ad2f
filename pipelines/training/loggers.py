"""The loggers of `training.loggers`: other tools that follow a training while it runs."""

import shutil
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError

PACKAGES = {"csv": (), "mlflow": ("mlflow", "sqlalchemy", "alembic"), "tensorboard": ("tensorboard",)}


def require_loggers(names: Sequence[str]) -> None:
    """Refuses loggers whose packages are not installed.

    Raises:
        InputError: a package is missing.
    """
    for name in names:
        for package in PACKAGES[name]:
            if find_spec(package) is None:
                needs = f"training.loggers: {name} needs the package {package}, which is not installed"
                raise InputError(f"{needs}; pip install 'elman[loggers]', or remove {name} from the list")


def make_loggers(
    names: Sequence[str], folder: Path, run: str, settings: Mapping[str, Any], *, resumes: bool
) -> list[Any]:
    """The Keras callbacks of loggers. What they write is not part of the run, and is not tracked by DVC.

    Args:
        names: `csv` writes FOLDER/csv/RUN.csv, `tensorboard` FOLDER/tensorboard/RUN, `mlflow` a run of the experiment
            `elman` into FOLDER/mlflow.db.
        folder: of all logs.
        run: its name.
        settings: of the run, for MLflow.
        resumes: whether an interrupted training may go on, and with it what it has logged.
    """
    from pipelines.training.logging_callbacks import CSVLog, MLflowLog, tensorboard

    found: list[Any] = []
    for name in dict.fromkeys(names):
        if name == "csv":
            found.append(CSVLog(folder / "csv" / f"{run}.csv"))
        elif name == "mlflow":
            found.append(MLflowLog(folder / "mlflow.db", run, settings))
        else:
            events = folder / "tensorboard" / run
            if not resumes:
                shutil.rmtree(events, ignore_errors=True)
            found.append(tensorboard(events))
    return found
