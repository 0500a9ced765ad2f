"""Pooling over time that leaves padding out."""

from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph

LOWEST = -6e4  # the score of padding, as the layers of Keras have it


def pooled(graph: Graph, method: str, layer: Any, outputs: str, mask: str | None) -> str:
    """One vector of a sequence's outputs, (batch, features).

    Args:
        graph: to which it is added.
        method: `max`, `mean` or `attention`.
        layer: of Keras, whose weights attention needs.
        outputs: (batch, time, features).
        mask: bool (batch, time), true at real steps; all are if not given.
    """
    time = graph.constant([1], "int64")
    weights = graph.unsqueeze(mask, 2) if mask else None
    if method == "max":
        if weights:
            outputs = graph.add("Where", weights, outputs, graph.constant(-np.inf))
        return graph.add("ReduceMax", outputs, time, keepdims=0)
    if method == "mean":
        if not weights:
            return graph.add("ReduceMean", outputs, time, keepdims=0)
        weights = graph.add("Cast", weights, to=1)
        total = graph.add("ReduceSum", graph.add("Mul", outputs, weights), time, keepdims=0)
        return graph.add("Div", total, graph.add("ReduceSum", weights, time, keepdims=0))
    kernel, bias, query = layer.get_weights()
    scores = graph.dense(graph.dense(outputs, kernel, bias, "Tanh"), query)  # (batch, time, 1)
    if weights:
        scores = graph.add("Where", weights, scores, graph.constant(LOWEST))
    attended = graph.add("Mul", outputs, graph.add("Softmax", scores, axis=1))
    return graph.add("ReduceSum", attended, time, keepdims=0)
