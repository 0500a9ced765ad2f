"""minLSTM as operators of ONNX: its gates are, its recurrence is that of every linear cell."""

from pipelines.graphs.graph import Graph
from pipelines.graphs.linear import recurrent_of

LARGEST = 80.0  # whose exponential a float32 holds


def gates(graph: Graph, sums: str) -> tuple[str, str, None]:
    """The candidate and f / (f + i), as the CPU's loop works it out.

    ONNX Runtime's sigmoid is exact to 1e-7, not to a share of its value, and both gates may be as small as that.
    """
    candidate, forget, update = graph.split(sums, 3)
    inverse_forget, inverse_update = (_inverse(graph, gate) for gate in (forget, update))
    return candidate, graph.add("Div", inverse_update, graph.add("Add", inverse_forget, inverse_update)), None


def _inverse(graph: Graph, gate: str) -> str:
    """1 / sigmoid(gate) = 1 + e^-gate."""
    negative = graph.add("Sub", graph.constant(0.0), graph.add("Max", gate, graph.constant(-LARGEST)))
    return graph.add("Add", graph.constant(1.0), graph.add("Exp", negative))


recurrent = recurrent_of(gates)
