"""ONNX graphs of a trained model: written, and compared with Keras."""

import importlib.util
import logging
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.models.engine import Engine
from pipelines.tasks.task import Task

TOLERANCE = 1e-4  # between two engines, at a real position, relative to the largest score there, if above 1
COMPARED = 64  # examples of dev
AT_ONCE = 8  # whose scores are held at a time


def has_graph(cell: str) -> bool:
    """Whether a cell can be written as ONNX operators."""
    return importlib.util.find_spec(f"pipelines.cells.{cell}.graph") is not None


def write_graphs(folder: Path, task: Task, model: Any) -> dict[str, Any]:
    """Writes the ONNX graphs of a model, and says with what."""
    from pipelines.graphs.graph import OPSET

    for name, graph in task.graphs(model).items():
        graph.save(folder / f"{name}.onnx")
    return {"opset": OPSET, "onnx": version("onnx"), "onnxruntime": version("onnxruntime")}


def quantize(folder: Path) -> None:
    """Turns the weights of a folder's graphs into numbers of 8 bits, where ONNX Runtime has operators for them.

    These are word vectors, products and the LSTM; a GRU, a simple recurrent network and an SRU's loop stay as they are.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    silent = logging.NullHandler()  # of each value that is no weight it says that it stays
    logging.getLogger().addHandler(silent)
    for path in sorted(folder.glob("*.onnx")):
        whole, large = path.with_suffix(".whole"), path.with_suffix(".weights").exists()
        path.rename(whole)
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, use_external_data_format=large)
        whole.unlink()
    logging.getLogger().removeHandler(silent)


def checked_latency(
    folder: Path, task: Task, engine: Engine, examples: Sequence[Example], weights: Path
) -> float | None:
    """Compares the graphs of a run folder with another engine, and gives the milliseconds of a sentence by them.

    Args:
        folder: the run folder.
        task: whose model it is.
        engine: the other engine, Keras.
        examples: of dev.
        weights: file to name where they differ.

    Returns:
        None where the cell has no graph, or the run no sentences.
    """
    from pipelines.runs.latency import latency_milliseconds

    if not has_graph(task.cell.cell):
        return None
    try:
        check_graphs(folder, task, engine, examples)
    except InputError as error:
        raise InputError(f"{error}; the weights stay in {weights}") from None
    return latency_milliseconds(folder, task, examples)


def check_graphs(folder: Path, task: Task, engine: Engine, examples: Sequence[Example]) -> None:
    """Compares the graphs of a folder with another engine, as `check_engine` does."""
    from pipelines.runs.engines.onnx_engine import ONNXEngine

    check_engine(ONNXEngine(folder), task, engine, examples, "the ONNX graphs")


def check_engine(checked: Engine, task: Task, engine: Engine, examples: Sequence[Example], what: str) -> None:
    """Compares an engine with another one, Keras, on up to `COMPARED` examples.

    Raises:
        InputError: they differ by more than `TOLERANCE`, or choose differently where the best two differ by more.
    """
    compared = examples[:COMPARED]
    for start in range(0, len(compared), AT_ONCE):
        part = compared[start : start + AT_ONCE]
        for found, expected in zip(*(task.scores(each, part) for each in (checked, engine)), strict=True):
            if problem := difference(found, expected):
                raise InputError(f"{what} differ from Keras: {problem}; report it with the configuration")


def difference(found: np.ndarray, expected: np.ndarray) -> str | None:
    """What two engines' scores of an example differ by, if that is too much.

    Args:
        found: logits, float (positions, choices), or potentials, float (positions, tags, tags).
        expected: the same of the other engine.
    """
    size = np.maximum(1, np.abs(expected).max(axis=-1, keepdims=True))  # float32 is as exact as its numbers are small
    apart = np.abs(found - expected) / size
    if not (largest := float(apart.max())) <= TOLERANCE:  # written so that NaN is too much
        return f"by {largest:.1e} where {TOLERANCE:g} is allowed"
    best = np.sort(expected / size, axis=-1)
    clear = best[..., -1] - best[..., -2] > TOLERANCE if best.shape[-1] > 1 else np.zeros(best.shape[:-1], "bool")
    other = (found.argmax(axis=-1) != expected.argmax(axis=-1)) & clear
    return f"they choose differently at {int(other.sum())} positions" if other.any() else None
