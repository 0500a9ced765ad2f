"""Attention of a decoder's outputs to annotations."""

from typing import Any

from pipelines.graphs.graph import Graph
from pipelines.graphs.pooling import LOWEST


def attention_keys(graph: Graph, layer: Any, annotations: str) -> str | None:
    """What queries are compared with, computed once for all of them; None where it is the annotations."""
    if layer.settings["method"] == "multiplicative":
        return None
    return graph.add("MatMul", annotations, graph.constant(layer.get_weights()[1]))


def attend(graph: Graph, layer: Any, queries: str, annotations: str, mask: str, keys: str | None) -> tuple[str, str]:
    """Attends from one query a row.

    Args:
        graph: to which it is added.
        layer: a `CrossAttention` of Keras.
        queries: (batch, width).
        annotations: (batch, source_time, features).
        mask: bool (batch, source_time).
        keys: from `attention_keys`.

    Returns:
        The contexts, (batch, features), and the weights, (batch, source_time).
    """
    query_kernel, *rest = layer.get_weights()
    projected = graph.dense(queries, query_kernel)
    if keys is None:
        scores = graph.squeeze(graph.add("MatMul", annotations, graph.unsqueeze(projected, 2)), 2)
    else:
        pairs = graph.add("Tanh", graph.add("Add", graph.unsqueeze(projected, 1), keys))
        scores = graph.squeeze(graph.dense(pairs, rest[1]), 2)
    scores = graph.add("Where", mask, scores, graph.constant(LOWEST))
    weights = graph.add("Softmax", scores, axis=-1)
    context = graph.squeeze(graph.add("MatMul", graph.unsqueeze(weights, 1), annotations), 1)
    return context, weights
