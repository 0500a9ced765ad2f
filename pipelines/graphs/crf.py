"""Potentials of a conditional random field."""

from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph

FORBIDDEN = -1e4  # the score of what may not follow, as the layer of Keras has it


def potentials(graph: Graph, layer: Any, emissions: str, lengths: str) -> str:
    """The score of each tag at each step together with the tag before it, (batch, time, tags, tags).

    Args:
        graph: to which it is added.
        layer: a `CRF` of Keras.
        emissions: (batch, time, tags).
        lengths: real steps of each row, int32 (batch,).
    """
    scores = np.where(layer.allowed, layer.get_weights()[0], np.float32(FORBIDDEN))
    zero, one = (graph.constant(number, "int32") for number in (0, 1))
    time = graph.add("Cast", graph.pick(graph.add("Shape", emissions), 1), to=6)
    steps = graph.add("Range", zero, time, one)
    first = graph.unsqueeze(graph.add("Equal", steps, zero), 1, 2)  # (time, 1, 1)
    before = graph.add("Where", first, graph.constant(scores[-1, :-1]), graph.constant(scores[:-1, :-1]))
    last = graph.add("Equal", graph.unsqueeze(steps, 0), graph.unsqueeze(graph.add("Sub", lengths, one), 1))
    after = graph.add("Where", graph.unsqueeze(last, 2, 3), graph.constant(scores[:-1, -1]), graph.constant(0.0))
    return graph.add("Add", graph.add("Add", graph.unsqueeze(emissions, 2), before), after)
