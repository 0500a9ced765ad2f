"""The `config.json` of a run folder: which task was trained on which dataset, with which cell."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any, NotRequired, TypedDict

from msgspec import Meta

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import checksum, verified, write_json
from embeddings.foundation.limits import MODEL_BYTES, check_limit
from embeddings.foundation.reading import read_json
from pipelines.data.examples import Tokenizers
from pipelines.models.config import EncoderConfig
from pipelines.runs.config import Run
from pipelines.tasks.config import TaskConfig

# Files of a run folder that predict: the model in Keras, its graphs with the weights beside them, and what reads both.
KERAS, GRAPHS = ("model.keras",), ("*.onnx", "*.weights", "*.data")
TEXTS = ("vocabulary_*.json", "labels.json", "calibration.json", "subwords.*")
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
    """Writes `config.json`: the line of the runs file, the configurations with its overrides, the dataset, what the
    ONNX graphs were written with, and the checksum of each file that predicts."""
    settings = {"run": run.trained(), "task": asdict(task), "cell": cell.flat()}
    about = {"format": FORMAT, "name": name, **settings, "dataset": dataset, "graphs": graphs}
    write_json(folder / "config.json", {**about, "files": checksums(folder)})


def checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a run folder that predicts, by name."""
    found = sorted(path for pattern in (*KERAS, *GRAPHS, *TEXTS) for path in folder.glob(pattern))
    return {path.name: checksum(path) for path in found}


class TrainedOn(TypedDict):
    """What prediction asks of the dataset."""

    tokenizers: Tokenizers
    language: str
    target_language: str
    features: NotRequired[list[Annotated[int, Meta(gt=0)]]]


class First(TypedDict):
    """What every format says."""

    name: str
    format: NotRequired[int]


class Member(TypedDict):
    """What an ensemble says of a run that is part of it."""

    name: str
    run: dict[str, Any]
    cell: dict[str, Any]
    files: dict[str, str]  # name -> SHA-256, as they were


class Description(TypedDict):
    """What `write_description` writes, its parts as plain values."""

    format: int
    name: str
    run: dict[str, Any]
    task: dict[str, Any]
    cell: dict[str, Any]
    dataset: TrainedOn
    graphs: NotRequired[dict[str, Any] | None]
    files: NotRequired[dict[str, str]]  # name -> SHA-256
    members: NotRequired[list[Member]]  # of an ensemble alone, whose other parts are those of the first
    ngrams: NotRequired[dict[str, float]]  # of an ensemble with a classifier of n-grams: its share


def read_description(folder: str | Path) -> Description:
    """Reads what `write_description` wrote.

    Raises:
        InputError: it is not a run folder, or one of another format.
    """
    where = Path(folder) / "config.json"
    if (Path(folder) / "saved_model.pb").exists() and not where.exists():
        advice = "give the run folder, or export it with --format onnx"
        raise InputError(f"{folder}: expected a run folder, got a SavedModel, which TensorFlow alone loads; {advice}")
    if not where.exists():
        raise InputError(f"{folder}: expected a run folder with a config.json; `dvc repro` writes runs/<name>")
    first = read_json(where, First)
    if (found := first.get("format", 1)) != FORMAT:
        again = f"train it again: the stage train@{first['name']}, or `elman train`"
        raise InputError(f"{where}: expected a run folder of format {FORMAT}, got {found!r}; {again}")
    return read_json(where, Description)


def check_files(folder: Path, about: Description, patterns: Sequence[str]) -> None:
    """Refuses files of a run folder that are not those that its `config.json` was written with.

    Args:
        folder: of the run.
        about: its description; one without checksums says nothing of them.
        patterns: of the names of those that are to be read.

    Raises:
        InputError: there is another one, or one is missing.
    """
    for name in about.get("files", ()):
        if any(fnmatch(name, pattern) for pattern in patterns) and not (folder / name).is_file():
            raise InputError(
                f"{folder / name}: expected it, as config.json lists it, got none; copy the run folder again"
            )
    for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
        if "files" in about and path.name not in about["files"]:
            raise InputError(
                f"{path}: expected no such file, which config.json does not list; copy the run folder again"
            )
        check_limit(path, "bytes", MODEL_BYTES, path.stat().st_size)
        if "files" in about:
            verified(path, about["files"][path.name])
