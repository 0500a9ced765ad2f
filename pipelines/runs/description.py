"""The `config.json` of a run folder: which task was trained on which dataset, with which cell."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import read_json, write_json
from pipelines.models.config import EncoderConfig
from pipelines.runs.config import Run
from pipelines.tasks.config import TaskConfig

FORMAT = 2  # of a run folder; 1 had every task's keys in one list


def write_description(
    folder: Path,
    name: str,
    run: Run,
    task: TaskConfig,
    cell: EncoderConfig,
    dataset: Mapping[str, Any],
    graphs: Mapping[str, Any] | None,
) -> None:
    """Writes `config.json`: the line of the runs file, the configurations with its overrides, the dataset, and what
    the ONNX graphs were written with."""
    settings = {"run": run.trained(), "task": asdict(task), "cell": cell.flat()}
    write_json(
        folder / "config.json", {"format": FORMAT, "name": name, **settings, "dataset": dataset, "graphs": graphs}
    )


def read_description(folder: str | Path) -> dict[str, Any]:
    """Reads what `write_description` wrote: `name`, and as plain values `run`, `task`, `cell` and `dataset`.

    Raises:
        InputError: it is not a run folder, or one of another format.
    """
    where = Path(folder) / "config.json"
    if not where.exists():
        raise InputError(f"{folder}: expected a run folder with a config.json; `dvc repro` writes runs/<name>")
    content = read_json(where, "name", "run", "task", "cell", "dataset")
    if (found := content.get("format", 1)) != FORMAT:
        again = f"train it again: the stage train@{content['name']}, or `elman train`"
        raise InputError(f"{where}: expected a run folder of format {FORMAT}, got {found!r}; {again}")
    return content
