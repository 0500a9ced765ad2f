"""The quasi-recurrent network as operators of ONNX: its gates are, its recurrence is that of every linear cell."""

from pipelines.graphs.graph import Graph
from pipelines.graphs.linear import recurrent_of


def gates(graph: Graph, sums: str) -> tuple[str, str, str]:
    """The candidate, the forget gate and the output gate."""
    candidate, forget, output = graph.split(sums, 3)
    return graph.add("Tanh", candidate), graph.add("Sigmoid", forget), graph.add("Sigmoid", output)


recurrent = recurrent_of(gates)
