"""The simple recurrent network as ONNX's operator."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph
from pipelines.graphs.recurrent import States, operator


def recurrent(
    graph: Graph, inputs: str, weights: Sequence[Sequence[np.ndarray]], lengths: str | None, starts: Any, own: Any
) -> tuple[str, States]:
    """Adds the layer, as `pipelines.cells` describes it."""
    arrays = [(w.T, u.T, np.concatenate([b, np.zeros_like(b)])) for w, u, b in weights]
    return operator(graph, "RNN", inputs, arrays, lengths, starts)
