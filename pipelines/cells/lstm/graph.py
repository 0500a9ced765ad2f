"""Long short-term memory as ONNX's operator, whose gates are in the order input, output, forget, cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph
from pipelines.graphs.recurrent import States, operator


def recurrent(
    graph: Graph, inputs: str, weights: Sequence[Sequence[np.ndarray]], lengths: str | None, starts: Any, own: Any
) -> tuple[str, States]:
    """Adds the layer, as `pipelines.cells` describes it."""
    arrays = [(_gates(w), _gates(u), np.concatenate([_gates(b), np.zeros_like(b)])) for w, u, b in weights]
    return operator(graph, "LSTM", inputs, arrays, lengths, starts, kinds=2)


def _gates(weights: np.ndarray) -> np.ndarray:
    """(features, 4 * units) in Keras's order as (4 * units, features) in ONNX's."""
    i, f, g, o = np.split(weights.T, 4)
    return np.concatenate([i, o, f, g])
