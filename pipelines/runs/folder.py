"""Run folders: everything that a trained model needs to predict elsewhere."""

import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from embeddings.foundation.files import read_json, write_json
from pipelines.cells.config import CellConfig
from pipelines.runs.config import Run
from pipelines.runs.trained_run import TrainedRun
from pipelines.tasks.config import TaskConfig
from pipelines.tasks.task import Task
from pipelines.text.tokenization import detokenizer_of, tokenizer_of


def save_run(folder: Path, name: str, run: Run, task: Task, model: Any, dataset: Mapping[str, Any]) -> None:
    """Writes model, vocabularies and configuration into a folder; equal models give equal bytes."""
    model.save(folder / "model.keras")
    _reproducible(folder / "model.keras")
    task.save(folder)
    write_json(
        folder / "config.json",
        {"name": name, "run": asdict(run), "task": asdict(task.config), "cell": asdict(task.cell), "dataset": dataset},
    )


def load_run_folder(folder: str | Path) -> TrainedRun:
    """Reads a run folder, in safe mode.

    Raises:
        InputError: it is not a run folder.
    """
    folder = Path(folder)
    where = folder / "config.json"
    if not where.exists():
        raise InputError(f"{folder}: expected a run folder with a config.json; `dvc repro` writes runs/<name>")
    config = read_json(where, "name", "task", "cell", "dataset")
    if not zipfile.is_zipfile(folder / "model.keras"):
        raise InputError(f"{folder / 'model.keras'}: expected a whole model, got none; copy the run folder again")
    from pipelines.models import load_model

    task_config = build_config(TaskConfig, config["task"], where)
    cell_config = build_config(CellConfig, config["cell"], where)
    plugins.load("pipelines.cells", cell_config.cell, "layer")  # registers the layer, where it is one of ours
    task = plugins.load("pipelines.tasks", task_config.task).TASK.load(
        folder, task_config, cell_config, detokenizer_of(config["dataset"])
    )
    tokenize = tokenizer_of(config["dataset"], folder)
    shape = config["dataset"].get("features")
    return TrainedRun(config["name"], task, load_model(folder / "model.keras"), tokenize, shape)


def _reproducible(path: Path) -> None:
    """Rewrites a .keras archive without the time of saving and addresses in memory, so that its hash is its content's.

    Keras tells shared objects by their addresses; they are numbered in the order of their appearance instead.
    """
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in sorted(archive.namelist())}
    metadata = json.loads(members["metadata.json"])
    metadata.pop("date_saved", None)
    members["metadata.json"] = json.dumps(metadata).encode()
    numbers: dict[str, int] = {}
    members["config.json"] = re.sub(
        r'(?<="shared_object_id": )\d+',
        lambda match: str(numbers.setdefault(match[0], len(numbers) + 1)),
        members["config.json"].decode(),
    ).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
