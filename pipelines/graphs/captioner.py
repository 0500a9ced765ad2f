"""A captioner's first states; its steps are those of an encoder-decoder without attention."""

from typing import Any

from pipelines.graphs.graph import Graph
from pipelines.graphs.seq2seq import write_starts


def captioner_graph(model: Any) -> Graph:
    """The graph of a `Captioner`'s `encode`."""
    graph, (dimensions,) = Graph("captioner"), model.sizes["source"]
    vector = graph.squeeze(graph.input("features", "float32", ["batch", 1, dimensions]), 1)
    starts = [
        [graph.dense(vector, *bridge.get_weights(), activation="Tanh") for bridge in bridges]
        for bridges in model.bridges
    ]
    write_starts(graph, model, starts)
    graph.output("hidden_states", starts[-1][0], "float32", ["batch", model.cell.units])
    return graph
