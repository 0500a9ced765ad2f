"""The simple recurrent unit: all products before the loop, all of the output behind it.

One loop runs both directions, the second one from the end. At padding it reads zeros and a forget gate of one, so that
the state stays as it is.
"""

import math
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph
from pipelines.graphs.recurrent import States

OPEN = 100.0  # whose sigmoid is 1 in float32


def recurrent(
    graph: Graph, inputs: str, weights: Sequence[Sequence[np.ndarray]], lengths: str | None, starts: Any, own: Any
) -> tuple[str, States]:
    """Adds the layer, as `pipelines.cells` describes it."""
    padding = _padding(graph, inputs, lengths) if lengths else None
    if padding:
        inputs = graph.add("Where", padding, graph.constant(0.0), inputs)
    parts = [_Direction(graph, inputs, *each) for each in weights]
    forget = [part.forget for part in parts]
    if padding:
        opened = graph.add("Where", padding, graph.constant(OPEN), graph.constant(0.0))
        forget = [graph.add("Add", gate, opened) for gate in forget]
    zeros = graph.add("Sub", *[graph.pick(parts[0].candidate, 0)] * 2)
    first = [of_direction[0] for of_direction in starts] if starts else [zeros] * len(parts)
    last, states, recalled = _loop(graph, first, parts, forget)

    scale, outputs = graph.constant(math.sqrt(1 + 2 * math.exp(own.highway_bias))), []
    for part, after, of_reset in zip(parts, states, recalled, strict=True):
        reset = graph.add("Sigmoid", graph.add("Add", part.reset, of_reset))
        highway = graph.add("Mul", part.highway, scale)
        outputs.append(graph.add("Add", graph.add("Mul", reset, graph.add("Sub", after, highway)), highway))
    return graph.concat(outputs), [[state] for state in last]


class _Direction:
    """The products of one direction, each (time, batch, units)."""

    def __init__(self, graph: Graph, inputs: str, kernel: np.ndarray, peephole: np.ndarray, bias: np.ndarray) -> None:
        self.peepholes, biases = np.split(peephole, 2), np.split(bias, 2)
        candidate, forget, reset, *highway = np.split(kernel, kernel.shape[1] // len(biases[0]), axis=1)
        self.candidate = graph.dense(inputs, candidate)
        self.forget = graph.dense(inputs, forget, biases[0])
        self.reset = graph.dense(inputs, reset, biases[1])
        self.highway = graph.dense(inputs, highway[0]) if highway else inputs


def _padding(graph: Graph, inputs: str, lengths: str) -> str:
    """Which steps are padding, bool (time, batch, 1)."""
    zero, one = (graph.constant(number, "int32") for number in (0, 1))
    time = graph.add("Cast", graph.pick(graph.add("Shape", inputs), 0), to=6)
    steps = graph.unsqueeze(graph.add("Range", zero, time, one), 1, 2)
    return graph.add("GreaterOrEqual", steps, graph.unsqueeze(lengths, 0, 2))


def _loop(
    graph: Graph, first: list[str], parts: list[_Direction], forget: list[str]
) -> tuple[list[str], list[str], list[str]]:
    """The loop c = f c + (1 - f) g with f = sigmoid(forget + v c).

    Returns:
        Of each direction the state at the end, (batch, units), that after each step, (time, batch, units), and the one
        before each step, times the reset gate's peephole.
    """
    body, directions = graph.body("step"), range(len(parts))
    shape = ["batch", len(parts[0].peepholes[0])]
    before, candidate, gate = (
        [body.input(f"{kind}_{first[0]}_{direction}", "float32", shape) for direction in directions]
        for kind in ("before", "candidate", "gate")
    )
    results: list[list[str]] = [[], [], []]
    for direction, part in zip(directions, parts, strict=True):
        of_forget, of_reset = (body.constant(peephole) for peephole in part.peepholes)
        opened = body.add("Sigmoid", body.add("Add", gate[direction], body.add("Mul", before[direction], of_forget)))
        kept = body.add("Mul", opened, body.add("Sub", before[direction], candidate[direction]))
        after = body.add("Add", kept, candidate[direction])
        for kind, value in enumerate(
            (after, body.add("Identity", after), body.add("Mul", before[direction], of_reset))
        ):
            results[kind].append(value)
    for value in chain(*results):
        body.result(value, "float32", shape)
    from_the_end = list(directions)  # 0 is forwards, 1 backwards
    found = graph.add_many(
        "Scan",
        3 * len(parts),
        *first,
        *(part.candidate for part in parts),
        *forget,
        body=body.proto(),
        num_scan_inputs=2 * len(parts),
        scan_input_directions=from_the_end * 2,
        scan_output_directions=from_the_end * 2,
    )
    last, states, recalled = (found[len(parts) * kind : len(parts) * (kind + 1)] for kind in range(3))
    return last, states, recalled
