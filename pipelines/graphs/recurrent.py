"""Recurrent layers: stacks of a cell, and the operators that ONNX has for some cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embeddings.foundation import plugins
from pipelines.graphs.graph import Graph
from pipelines.models.config import EncoderConfig

States = list[list[str]]  # of each direction its states, (batch, units)


def stack(
    graph: Graph,
    inputs: str,
    layers: Sequence[Any],
    cell: EncoderConfig,
    lengths: str | None = None,
    starts: Sequence[Sequence[str]] | None = None,
) -> tuple[str, list[States]]:
    """Runs recurrent layers over a sequence.

    Args:
        graph: to which they are added.
        inputs: (time, batch, features).
        layers: recurrent layers of Keras, or `Bidirectional` ones.
        cell: of the layers.
        lengths: real steps of each row, int32 (batch,); all are if not given.
        starts: the first states of each layer, each (batch, units); zeros if not given.

    Returns:
        The last layer's outputs, (time, batch, width), and the last states of each layer.
    """
    piece = plugins.load("pipelines.cells", cell.cell, "graph")
    states = []
    for level, layer in enumerate(layers):
        directions = [layer.forward_layer, layer.backward_layer] if hasattr(layer, "backward_layer") else [layer]
        weights = [direction.get_weights() for direction in directions]
        start = [list(starts[level])] if starts else None
        inputs, last = piece.recurrent(graph, inputs, weights, lengths, start, cell.own)
        states.append(last)
    return inputs, states


def joined(graph: Graph, states: States, kind: int = 0) -> str:
    """The states of one kind of both directions, (batch, width); the first kind is the hidden state."""
    return graph.concat([of_direction[kind] for of_direction in states])


def operator(
    graph: Graph,
    name: str,
    inputs: str,
    weights: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
    lengths: str | None,
    starts: Sequence[Sequence[str]] | None,
    kinds: int = 1,
    **attributes: Any,
) -> tuple[str, States]:
    """Adds ONNX's own operator of a cell.

    Args:
        graph: to which it is added.
        name: of the operator.
        inputs: (time, batch, features).
        weights: of each direction the operator's W, (gates * units, features), R, (gates * units, units), and B,
            (2 * gates * units,).
        lengths: real steps of each row, int32 (batch,), or None.
        starts: the first states of each direction, or None.
        kinds: how many states the cell has.
        attributes: of the operator.

    Returns:
        As a cell's `recurrent`.
    """
    both, units = len(weights) > 1, weights[0][1].shape[-1]
    arrays = [graph.constant(np.stack(parts)) for parts in zip(*weights, strict=True)]
    first = []
    for kind in range(kinds) if starts else ():
        first.append(graph.concat([graph.unsqueeze(states[kind], 0) for states in starts or ()], axis=0))
    outputs, *last = graph.add_many(
        name,
        1 + kinds,
        inputs,
        *arrays,
        lengths,
        *first,
        hidden_size=units,
        direction="bidirectional" if both else "forward",
        **attributes,
    )  # (time, directions, batch, units)
    if both:
        outputs = graph.add("Reshape", graph.transpose(outputs, 0, 2, 1, 3), graph.constant([0, 0, -1], "int64"))
    else:
        outputs = graph.squeeze(outputs, 1)
    return outputs, [[graph.pick(states, direction) for states in last] for direction in range(len(weights))]
