"""ONNX graphs of a trained model: written, and compared with Keras."""

import importlib.util
from collections.abc import Sequence
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.models.engine import Engine
from pipelines.tasks.task import Task

TOLERANCE = 1e-4  # between two engines, at a real position; of potentials relative to their size
COMPARED = 64  # examples of dev


def has_graph(cell: str) -> bool:
    """Whether a cell can be written as ONNX operators."""
    return importlib.util.find_spec(f"pipelines.cells.{cell}.graph") is not None


def write_graphs(folder: Path, task: Task, model: Any) -> dict[str, Any]:
    """Writes the ONNX graphs of a model, and says with what."""
    from pipelines.graphs.graph import OPSET

    for name, graph in task.graphs(model).items():
        graph.save(folder / f"{name}.onnx")
    return {"opset": OPSET, "onnx": version("onnx"), "onnxruntime": version("onnxruntime")}


def check_graphs(folder: Path, task: Task, engine: Engine, examples: Sequence[Example]) -> None:
    """Compares the graphs of a folder with another engine, on up to `COMPARED` examples.

    Raises:
        InputError: they differ by more than `TOLERANCE`, or choose differently where the best two differ by more.
    """
    from pipelines.runs.engines.onnx_engine import ONNXEngine

    encoded = [task.encode(example) for example in islice(examples, COMPARED)]
    for found, expected in zip(*(task.scores(each, encoded) for each in (ONNXEngine(folder), engine)), strict=True):
        if problem := difference(found, expected):
            raise InputError(f"{folder}: the ONNX graphs and Keras differ: {problem}; report it with the run folder")


def difference(found: np.ndarray, expected: np.ndarray) -> str | None:
    """What two engines' scores of an example differ by, if that is too much.

    Args:
        found: logits, float (positions, choices), or potentials, float (positions, tags, tags).
        expected: the same of the other engine.
    """
    scale = np.maximum(1, np.abs(expected)) if expected.ndim > 2 else 1
    apart = np.abs(found - expected) / scale
    if not (largest := float(apart.max())) <= TOLERANCE:  # written so that NaN is too much
        return f"by {largest:.1e} where {TOLERANCE:g} is allowed"
    best = np.sort(expected, axis=-1)
    clear = best[..., -1] - best[..., -2] > TOLERANCE if best.shape[-1] > 1 else np.zeros(best.shape[:-1], "bool")
    other = (found.argmax(axis=-1) != expected.argmax(axis=-1)) & clear
    return f"they choose differently at {int(other.sum())} positions" if other.any() else None
