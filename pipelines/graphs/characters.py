"""Features of words from their characters, each distinct word of a batch once."""

from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph
from pipelines.graphs.recurrent import joined, stack
from pipelines.graphs.words import lengths, real
from pipelines.models.config import EncoderConfig


def character_features(graph: Graph, layer: Any, cell: EncoderConfig, word_numbers: str, character_ids: str) -> str:
    """What a `CharFeatures` layer gives, time-major: (time, batch, units).

    Args:
        graph: to which it is added.
        layer: of Keras.
        cell: of its recurrent layer, if it has one.
        word_numbers: int32 (batch, time).
        character_ids: int32 (words, characters).
    """
    mask = real(graph, character_ids)
    vectors = graph.add("Gather", graph.constant(layer.vectors.get_weights()[0]), character_ids)
    if layer.recurrent:
        _, states = stack(graph, graph.swapped(vectors), [layer.encoder], cell, lengths(graph, mask))
        features = joined(graph, states[-1])
    else:
        kernel, bias = layer.encoder.get_weights()  # (3, dimensions, units)
        filters = graph.constant(kernel.transpose(2, 1, 0))
        vectors = graph.add("Where", graph.unsqueeze(mask, 2), vectors, graph.constant(0.0))
        found = graph.add(
            "Conv", graph.transpose(vectors, 0, 2, 1), filters, graph.constant(bias), kernel_shape=[3], pads=[1, 1]
        )  # (words, units, characters)
        found = graph.add("Where", graph.unsqueeze(mask, 1), found, graph.constant(-np.inf))
        features = graph.add("ReduceMax", found, graph.constant([2], "int64"), keepdims=0)
    one, zero = (graph.constant(number, "int32") for number in (1, 0))
    rows = graph.add("Max", graph.add("Sub", graph.transpose(word_numbers, 1, 0), one), zero)
    return graph.add("Gather", features, rows)
