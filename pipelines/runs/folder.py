"""Run folders: everything that a trained model needs to predict elsewhere."""

import importlib.util
import json
import math
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.foundation import plugins
from embeddings.foundation.errors import InputError
from embeddings.foundation.files import write_json
from embeddings.foundation.limits import PARSED_BYTES, check_limit
from embeddings.foundation.reading import read_json
from embeddings.foundation.subwords import Subwords
from pipelines.models.config import EncoderConfig, build_encoder
from pipelines.runs.config import Run
from pipelines.runs.description import (
    GRAPHS,
    KERAS,
    TEXTS,
    check_files,
    checksums,
    read_description,
    write_description,
)
from pipelines.runs.engines import has_graphs
from pipelines.runs.graphs import has_graph, quantize, write_graphs
from pipelines.runs.keras_file import CONFIG, MEMBERS, METADATA, check_keras_file
from pipelines.runs.trained_run import TrainedRun
from pipelines.tasks.config import build_task
from pipelines.tasks.task import Task
from pipelines.text.subwords import encoding_path
from pipelines.text.tokenization import detokenizer_of, tokenizer_of
from pipelines.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from pipelines.runs.engines.keras_engine import KerasEngine
    from pipelines.runs.engines.onnx_engine import ONNXEngine

VOCABULARY = "vocabulary_"  # which its name follows


def save_run(folder: Path, name: str, run: Run, task: Task, model: Any, dataset: Mapping[str, Any]) -> None:
    """Writes model, graphs, vocabularies and configuration into a folder; equal models give equal bytes."""
    _save_keras(model, folder / "model.keras")
    for field, vocabulary in task.vocabularies.items():
        vocabulary.save(folder / f"vocabulary_{field}.json")
    if task.subwords:
        task.subwords.save(folder)
    write_json(folder / "labels.json", task.labels)
    write_json(folder / "calibration.json", task.calibration)
    graphs = write_graphs(folder, task, model) if has_graph(task.cell.cell) else None
    write_description(folder, name, run, task.config, task.cell, dataset, graphs)


def export_run(run: Path, folder: Path, quantized: bool = False, keras: bool = False) -> TrainedRun:
    """Writes what predicts with a run by ONNX Runtime into another folder, and loads it.

    Args:
        run: run folder, with graphs or without.
        folder: empty.
        quantized: whether weights have 8 bits.
        keras: whether the Keras model goes with it.

    Raises:
        InputError: it is not a run folder, or its cell has no graph.
    """
    loaded, about = load_run_folder(run), read_description(run)
    parts = (*TEXTS, *(GRAPHS if has_graphs(run) else ()), *(KERAS if keras else ()))
    check_files(run, about, parts)
    copied = (*parts, encoding_path(Path(), "*").name)
    for path in (path for pattern in copied for path in run.glob(pattern)):
        shutil.copy(path, folder)
    graphs = about.get("graphs")
    if not has_graphs(run):
        if not has_graph(cell := loaded.task.cell.cell):
            raise InputError(f"{run}: cell {cell!r} has no ONNX graph; write pipelines/cells/{cell}/graph.py")
        graphs = write_graphs(folder, loaded.task, loaded.engine.keras_model("writing graphs"))
    if quantized:
        quantize(folder)
    about = {**about, "graphs": {**(graphs or {}), "quantized": quantized}, "files": checksums(folder)}
    write_json(folder / "config.json", about)
    return load_run_folder(folder, "onnx")


def copy_encodings(data: Path, task: Task, folder: Path) -> None:
    """Copies the byte-pair encodings of what a task reads and writes from a prepared dataset into a run folder."""
    for field in task.text_fields():
        if (encoding := encoding_path(data, field)).exists():
            shutil.copy(encoding, folder)


def load_run_folder(folder: str | Path, engine: str | None = None) -> TrainedRun:
    """Reads a run folder, in safe mode.

    Args:
        folder: written by training.
        engine: one of `ENGINES`; if not given, ONNX Runtime where there are graphs, beside it Keras where gradients are
            needed, and Keras where there are no graphs.

    Raises:
        InputError: it is not a run folder, or one of another format, or has nothing for the engine.
    """
    folder, where = Path(folder), Path(folder) / "config.json"
    about, chosen = read_description(folder), choose_engine(folder, engine)
    config, cell = build_task(about["task"], where), build_encoder(about["cell"], where)
    check_files(folder, about, [*TEXTS, *(GRAPHS if chosen == "onnx" or engine is None else ())])
    vocabularies = {path.stem.removeprefix(VOCABULARY): path for path in sorted(folder.glob(f"{VOCABULARY}*.json"))}
    task = plugins.load("pipelines.tasks", config.task).TASK(
        config,
        cell,
        {field: Vocabulary.load(path) for field, path in vocabularies.items()},
        read_json(folder / "labels.json", list[str], PARSED_BYTES),
        detokenizer_of(about["dataset"]),
        read_json(folder / "calibration.json", dict[str, float | dict[str, float]]),
        Subwords.load(folder),
    )
    tokenize = tokenizer_of(about["dataset"], folder)
    shape = about["dataset"].get("features")
    loaded = load_engine(folder, cell, chosen, engine is None)
    if missing := [field for field in task.text_fields() if field not in task.vocabularies]:
        raise InputError(f"{folder}: expected {VOCABULARY}{missing[0]}.json, got none; copy the run folder again")
    if task.predicts in ("label", "labels", "tags") and loaded.choices not in (None, len(task.labels)):
        expected = f"expected {loaded.choices} labels, as the model has, got {len(task.labels)}"
        raise InputError(f"{folder / 'labels.json'}: {expected}; copy the run folder again")
    if len(task.label_ids) != len(task.labels):
        raise InputError(
            f"{folder / 'labels.json'}: expected each label once, got one again; copy the run folder again"
        )
    cells = [build_encoder(member["cell"], where) for member in about.get("members", ())] or [cell]
    if loaded.width not in (None, width := sum(each.units * (1 + each.bidirectional) for each in cells)):
        expected = f"expected hidden states of {width} numbers, as `cell` says, got {loaded.width} in the model"
        raise InputError(f"{where}: {expected}; copy the run folder again")
    for field, vocabulary in task.vocabularies.items():
        if len(vocabulary) not in loaded.tables:
            expected = (
                f"expected as many words as a table of the model has, got {len(vocabulary)} with the special ones"
            )
            raise InputError(f"{vocabularies[field]}: {expected}; copy the run folder again")
    run = TrainedRun(about["name"], task, loaded, tokenize, shape, is_ensemble="members" in about)
    _try(folder, run)
    return run


def _try(folder: Path, run: TrainedRun) -> None:
    """Predicts a first text: files that do not belong together may be whole, each by itself.

    Raises:
        InputError: it cannot be predicted.
    """
    shape = run.feature_shape or () if run.task.reads == "features" else None
    check_limit(f"{folder / 'config.json'}: features", "numbers", PARSED_BYTES, math.prod(shape or ()))
    try:
        first = "a" if shape is None else np.zeros(shape, "float32")
        (row,) = run.predict([first], run.task.dev_decoding)
        json.dumps(row, allow_nan=False)
    except InputError:
        raise
    except Exception as error:  # each of the files may be whatever its author liked
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputError(f"{folder}: expected files of one run, got {said}; copy the run folder again") from error


def choose_engine(folder: Path, engine: str | None = None) -> str:
    """Which of `ENGINES` runs the model of a run folder; arguments and errors are those of `load_run_folder`."""
    if engine != "keras" and has_graphs(folder):
        return "onnx"
    if engine == "onnx" or (engine is None and not _has_keras()):
        advice = f"write them where Elman is installed whole: elman export {folder} --output FOLDER"
        raise InputError(f"{folder}: expected ONNX graphs, got none; {advice}")
    check_keras(folder, "--engine keras")
    return "keras"


def load_engine(folder: Path, cell: EncoderConfig, engine: str, with_keras: bool) -> "ONNXEngine | KerasEngine":
    """Loads what runs the model of a run folder.

    Args:
        folder: of the run.
        cell: its encoder's configuration.
        engine: one of `ENGINES`.
        with_keras: whether Keras is loaded beside it where gradients are needed.
    """
    if engine == "onnx":
        from pipelines.runs.engines.onnx_engine import ONNXEngine

        return ONNXEngine(folder, (lambda purpose: load_keras(folder, cell, purpose)) if with_keras else None)
    from pipelines.runs.engines.keras_engine import KerasEngine

    return KerasEngine(load_keras(folder, cell, "--engine keras"))


def load_keras(folder: Path, cell: EncoderConfig, purpose: str) -> Any:
    """Loads the Keras model of a run folder; `purpose` needs it, for the errors of `check_keras`."""
    check_keras(folder, purpose)
    check_files(folder, read_description(folder), KERAS)
    check_keras_file(folder / "model.keras")
    plugins.load("pipelines.cells", cell.cell, "layer")  # registers the layer, where it is one of ours
    from pipelines.models.saved import load_model

    try:
        return load_model(folder / "model.keras")
    except Exception as error:  # Keras and TensorFlow raise whatever they stumble over
        said = " ".join(str(error).split())[:200]
        raise InputError(f"{folder / 'model.keras'}: expected a model of the run, got {said}; copy it again") from None


def check_keras(folder: Path, purpose: str) -> None:
    """Refuses a run folder without a whole Keras model, or an installation without Keras, which `purpose` needs.

    Raises:
        InputError: one of the two is missing.
    """
    if "members" in read_description(folder):
        raise InputError(f"{folder}: {purpose} needs a Keras model, which an ensemble has not; give one of its members")
    if not _has_keras():
        raise InputError(f"{purpose}: Keras is not installed; install Elman whole: pip install elman")
    path = folder / "model.keras"
    if not (path.is_file() and zipfile.is_zipfile(path)):
        raise InputError(f"{path}: expected a whole model, got none; copy the run folder again")


def _has_keras() -> bool:
    return importlib.util.find_spec("keras") is not None


def _save_keras(model: Any, path: Path) -> None:
    """Writes a .keras archive without the time of saving and addresses in memory, so that its hash is its content's.

    Keras identifies shared objects by their addresses; they are numbered in the order of their appearance instead. Its
    own archive has the date, which before 1980 cannot be written.
    """
    import keras

    with tempfile.TemporaryDirectory(dir=path.parent) as unpacked:
        keras.saving.save_model(model, unpacked, zipped=False)
        metadata = json.loads(Path(unpacked, METADATA).read_text(encoding="utf-8"))
        metadata.pop("date_saved", None)
        Path(unpacked, METADATA).write_text(json.dumps(metadata), encoding="utf-8")
        numbers: dict[str, int] = {}
        config = re.sub(
            r'(?<="shared_object_id": )\d+',
            lambda match: str(numbers.setdefault(match[0], len(numbers) + 1)),
            Path(unpacked, CONFIG).read_text(encoding="utf-8"),
        )
        Path(unpacked, CONFIG).write_text(config, encoding="utf-8")
        with zipfile.ZipFile(path, "w") as archive:
            for name in sorted(MEMBERS):
                with (
                    open(Path(unpacked, name), "rb") as source,
                    archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member,
                ):
                    shutil.copyfileobj(source, member)
