"""A classifier of texts, or of images as sequences of columns."""

from typing import Any

from pipelines.graphs.graph import Graph
from pipelines.graphs.pooling import pooled
from pipelines.graphs.recurrent import joined, stack
from pipelines.graphs.words import lengths, read_words, real
from pipelines.models.config import EncoderConfig


def classifier_graph(model: Any, cell: EncoderConfig, pooling: str) -> Graph:
    """The graph of a model from `build_classifier` or `build_column_classifier`."""
    graph = Graph("classifier")
    if model.inputs[0].dtype == "int32":
        token_ids, vectors = read_words(graph, model)
        mask = real(graph, token_ids)
    else:
        columns = graph.input("columns", "float32", ["batch", "time", model.input.shape[-1]])
        vectors, mask = graph.swapped(columns), None
    layers = [model.get_layer(f"encoder_{level}") for level in range(cell.depth)]
    of_rows = lengths(graph, mask) if mask else None
    outputs, states = stack(graph, vectors, layers, cell, of_rows)
    text = sentence = joined(graph, states[-1])
    if pooling != "last":
        layer = model.get_layer(f"{pooling}_pooling")
        text = pooled(graph, pooling, layer, graph.swapped(outputs), mask)
    logits = graph.dense(text, *model.get_layer("logits").get_weights())
    graph.output("outputs", logits, "float32", ["batch", model.output.shape[-1]])
    graph.output("hidden_states", sentence, "float32", ["batch", cell.units * (1 + cell.bidirectional)])
    return graph
