"""Ensembles: several runs in one run folder, which predicts by their average and holds all that it needs."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import checksum, write_json
from pipelines.data.examples import Example
from pipelines.runs.description import TEXTS, Description, checksums, read_description
from pipelines.runs.engines import DECODER, ENCODER, MODEL, has_graphs
from pipelines.runs.engines.onnx_engine import ONNXEngine
from pipelines.runs.folder import load_run_folder
from pipelines.runs.trained_run import TrainedRun
from pipelines.text.subwords import encoding_path

CALIBRATION = "calibration.json"
SUMMED = ("wall_seconds", "training_seconds", "parameters", "trainable_parameters")  # of costs


class Cost(TypedDict):
    """What of a member's cost file an ensemble reads."""

    peak_memory_megabytes: float
    wall_seconds: NotRequired[float]
    training_seconds: NotRequired[float]
    tokens_per_second: NotRequired[float]
    parameters: NotRequired[float]
    trainable_parameters: NotRequired[float]
    device: NotRequired[str]


def load_members(folders: Sequence[Path]) -> list[TrainedRun]:
    """Loads the runs of an ensemble.

    Raises:
        InputError: one is no run folder with graphs that an ensemble can hold, is there twice, or differs from the
            first in more than its weights, its cell and its training.
    """
    for place, folder in enumerate(folders):
        if folder.resolve() in [each.resolve() for each in folders[:place]]:
            raise InputError(f"{folder}: expected different runs, got it twice; remove one")
    abouts = [read_description(folder) for folder in folders]
    for folder, about in zip(folders, abouts, strict=True):
        _check_graphs(folder, about, folders[0], abouts[0])
        _check_alike(folder, about, folders[0], abouts[0])
    return [load_run_folder(folder, "onnx") for folder in folders]


def save_ensemble(
    folder: Path, name: str, folders: Sequence[Path], members: Sequence[TrainedRun], dev: Sequence[Example]
) -> TrainedRun:
    """Writes the run folder of an ensemble, and loads it.

    It is calibrated on dev, as each run is when it is trained; an ensemble of one run is that run.

    Args:
        folder: empty.
        name: of the ensemble.
        folders: of its members.
        members: loaded from there.
        dev: examples of the members' dataset.
    """
    import onnx

    from pipelines.graphs.ensemble import ensemble_graph

    first, task = folders[0], members[0].task
    temperatures = [member.task.calibration.get("temperature", 1.0) for member in members]
    for graph in (graph for graph in (MODEL, ENCODER, DECODER) if (first / f"{graph}.onnx").exists()):
        parts = [onnx.load(each / f"{graph}.onnx").graph for each in folders]
        ensemble_graph(graph, parts, task.averages, temperatures).save(folder / f"{graph}.onnx")
    for pattern in (*TEXTS, encoding_path(Path(), "*").name):
        for path in first.glob(pattern):
            shutil.copy(path, folder)
    if len(members) > 1:
        task.calibration = dict(task.UNCALIBRATED)
        task.calibrate(ONNXEngine(folder), dev)
        write_json(folder / CALIBRATION, task.calibration)
    abouts = [read_description(each) for each in folders]
    described = [{**{key: each[key] for key in ("name", "run", "cell")}, "files": each.get("files") or checksums(path)}
                 for path, each in zip(folders, abouts, strict=True)]  # fmt: skip
    run = {**abouts[0]["run"], "ensemble": [each["name"] for each in abouts]}
    about = {**abouts[0], "name": name, "run": run, "members": described, "files": checksums(folder)}
    write_json(folder / "config.json", about)
    return load_run_folder(folder, "onnx")


def cost_of(members: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What it cost to train the members of an ensemble, one after the other, from the cost of each."""
    cost: dict[str, Any] = {
        key: round(sum(each[key] for each in members), 2) for key in SUMMED if all(key in each for each in members)
    }
    if "training_seconds" in cost and all("tokens_per_second" in each for each in members):
        tokens = sum(each["tokens_per_second"] * each["training_seconds"] for each in members)
        cost["tokens_per_second"] = round(tokens / max(cost["training_seconds"], 1e-9))
    cost["peak_memory_megabytes"] = max(each["peak_memory_megabytes"] for each in members)
    return cost


def _check_graphs(folder: Path, about: Description, first: Path, expected: Description) -> None:
    """Refuses a run without graphs, or with graphs of another form than the first one's."""
    graphs, wanted = about.get("graphs") or {}, expected.get("graphs") or {}
    if "members" in about:
        raise InputError(f"{folder}: expected a trained run, got an ensemble; give its members")
    if not has_graphs(folder):
        raise InputError(
            f"{folder}: expected ONNX graphs, of which an ensemble is made, got none; elman export {folder}"
        )
    if graphs.get("quantized"):
        raise InputError(f"{folder}: expected whole weights, got some of 8 bits; quantize the ensemble: elman export")
    if graphs.get("opset") != wanted.get("opset"):
        raise InputError(
            f"{folder}: expected graphs of opset {wanted.get('opset')}, as {first} has, got {graphs.get('opset')}; "
            "train it again"
        )


def _check_alike(folder: Path, about: Description, first: Path, expected: Description) -> None:
    """Refuses a run that reads or writes other things than the first one, or does it in another way."""
    wanted, got = _settings(expected), _settings(about)
    if key := next((key for key in {**wanted, **got} if wanted.get(key) != got.get(key)), None):
        values = [_short(each.get(key)) for each in (wanted, got)]
        raise InputError(f"{folder}: expected {key} {values[0]}, as {first} has, got {values[1]}")
    wanted, got = _texts(first), _texts(folder)
    if name := next((name for name in sorted({*wanted, *got}) if wanted.get(name) != got.get(name)), None):
        raise InputError(f"{folder}: expected the {name} of {first}, got another; an ensemble has one for all its runs")


def _settings(about: Description) -> dict[str, Any]:
    """What runs of an ensemble have in common: the dataset and the task but for its training, by key."""
    task = {key: value for key, value in about["task"].items() if key not in ("training", "baselines", "model")}
    parts = {"dataset": about["dataset"], "task": task, "model": about["task"].get("model", {})}
    return {f"{name}.{key}": value for name, values in parts.items() for key, value in values.items()}


def _texts(folder: Path) -> dict[str, str]:
    """The SHA-256 of vocabularies, labels and n-grams, by the names of their files."""
    found = (path for pattern in TEXTS for path in folder.glob(pattern) if path.name != CALIBRATION)
    return {path.name: checksum(path) for path in found}


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
