"""minGRU as operators of ONNX: its gates are, its recurrence is that of every linear cell."""

from pipelines.graphs.graph import Graph
from pipelines.graphs.linear import recurrent_of


def gates(graph: Graph, sums: str) -> tuple[str, str, None]:
    """The candidate and 1 - z."""
    candidate, update = graph.split(sums, 2)
    return candidate, graph.add("Sub", graph.constant(1.0), graph.add("Sigmoid", update)), None


recurrent = recurrent_of(gates)
