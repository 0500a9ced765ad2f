"""minLSTM as operators of ONNX: its gates are, its recurrence is that of every linear cell."""

import numpy as np

from pipelines.graphs.graph import Graph
from pipelines.graphs.linear import recurrent_of


def gates(graph: Graph, sums: str) -> tuple[str, str, None]:
    """The candidate and f / (f + i)."""
    candidate, forget, update = graph.split(sums, 3)
    smallest = graph.constant(np.finfo("float32").tiny)  # two gates of zero have no ratio
    forget, update = (graph.add("Max", graph.add("Sigmoid", gate), smallest) for gate in (forget, update))
    return candidate, graph.add("Div", forget, graph.add("Add", forget, update)), None


recurrent = recurrent_of(gates)
