"""Word vectors, and which tokens are real."""

from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph
from pipelines.text.vocabulary import PADDING_ID


def table(graph: Graph, layer: Any) -> str:
    """The vectors of a `WordEmbedding`: the trained ones, then the frozen ones."""
    return graph.constant(np.concatenate(layer.get_weights()))


def embed(graph: Graph, layer: Any, token_ids: str) -> str:
    """The word vectors of token ids, (batch, time), time-major: (time, batch, dimensions)."""
    return graph.add("Gather", table(graph, layer), graph.transpose(token_ids, 1, 0))


def read_words(graph: Graph, model: Any) -> tuple[str, str]:
    """The inputs of a model's words: their ids, (batch, time), and their vectors, (time, batch, dimensions).

    Where the model takes composed vectors, ids beyond the vocabulary stand for these.
    """
    token_ids = graph.input("token_ids", "int32", ["batch", "time"])
    layer = model.get_layer("source_vectors")
    if "composed_vectors" not in [each.name for each in model.inputs]:
        return token_ids, embed(graph, layer, token_ids)
    composed = graph.input("composed_vectors", "float32", ["words", layer.dimensions])
    first, none = (graph.constant(each, "int32") for each in (layer.trained_size + layer.frozen_size, 0))
    ids = graph.transpose(token_ids, 1, 0)
    is_composed = graph.add("GreaterOrEqual", ids, first)
    known = graph.add("Gather", table(graph, layer), graph.add("Where", is_composed, none, ids))
    places = graph.add("Where", is_composed, graph.add("Sub", ids, first), none)
    vectors = graph.add("Where", graph.unsqueeze(is_composed, -1), graph.add("Gather", composed, places), known)
    return token_ids, vectors


def tied_logits(graph: Graph, layer: Any, vectors: str, biases: Any) -> str:
    """The logits that vectors give to the trained words, whose vectors are the output layer's as well."""
    words = table(graph, layer)
    if layer.frozen_size:
        words = graph.part(words, 0, layer.trained_size, 0)
    return graph.add("Add", graph.add("MatMul", vectors, graph.transpose(words, 1, 0)), graph.constant(biases))


def real(graph: Graph, token_ids: str) -> str:
    """Which ids are not padding, bool."""
    return graph.add("Not", graph.add("Equal", token_ids, graph.constant(PADDING_ID, "int32")))


def lengths(graph: Graph, mask: str) -> str:
    """How many ids of each row are real, int32 (batch,)."""
    return graph.add("ReduceSum", graph.add("Cast", mask, to=6), graph.constant([1], "int64"), keepdims=0)
