"""The gated recurrent unit as ONNX's operator, its reset gate after the recurrent product (`linear_before_reset`)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph
from pipelines.graphs.recurrent import States, operator


def recurrent(
    graph: Graph, inputs: str, weights: Sequence[Sequence[np.ndarray]], lengths: str | None, starts: Any, own: Any
) -> tuple[str, States]:
    """Adds the layer, as `pipelines.cells` describes it."""
    arrays = [(w.T, u.T, b.ravel()) for w, u, b in weights]  # both have the gates in the order update, reset, candidate
    return operator(graph, "GRU", inputs, arrays, lengths, starts, linear_before_reset=1)
