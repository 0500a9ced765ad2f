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
    padding = _padding(graph, inputs, lengths)
    inputs = graph.add("Where", padding, graph.constant(0.0), inputs)
    steps = graph.concat([inputs, graph.add("Where", padding, graph.constant([0, OPEN]), graph.constant([1, 0]))])
    scale = math.sqrt(1 + 2 * math.exp(own.highway_bias))
    parts = [_Direction(graph, inputs, steps, scale, *each) for each in weights]
    zeros = graph.add("Sub", *[graph.pick(parts[0].candidate, 0)] * 2)
    first = [of_direction[0] for of_direction in starts] if starts else [zeros] * len(parts)
    last, states, recalled = _loop(graph, first, parts)

    outputs = []
    for part, after, of_reset in zip(parts, states, recalled, strict=True):
        reset = graph.add("Sigmoid", graph.add("Add", part.reset, of_reset))
        moved = graph.add("Mul", reset, graph.add("Sub", after, part.highway))
        outputs.append(graph.add("Add", moved, part.highway))
    return graph.concat(outputs), [[state] for state in last]


class _Direction:
    """The products of one direction, each (time, batch, units).

    Args:
        graph: to which they are added.
        inputs: (time, batch, features), zero at padding.
        steps: the same with two more columns, 1 at a real step and `OPEN` at padding.
        scale: of the highway.
        kernel: as the layer has its weights; so `peephole` and `bias`.
    """

    def __init__(
        self,
        graph: Graph,
        inputs: str,
        steps: str,
        scale: float,
        kernel: np.ndarray,
        peephole: np.ndarray,
        bias: np.ndarray,
    ) -> None:
        self.peepholes, biases = np.split(peephole, 2), np.split(bias, 2)
        candidate, forget, reset, *highway = np.split(kernel, kernel.shape[1] // len(biases[0]), axis=1)
        ones, zeros = np.ones_like(biases[:1]), np.zeros_like(biases[:1])
        self.candidate = graph.dense(inputs, candidate)
        self.forget = graph.dense(steps, np.concatenate([forget, biases[:1], ones]))
        self.reset = graph.dense(steps, np.concatenate([reset, biases[1:], zeros]))
        if highway:
            self.highway = graph.dense(inputs, highway[0] * np.float32(scale))
        else:
            self.highway = graph.add("Mul", inputs, graph.constant(scale))


def _padding(graph: Graph, inputs: str, lengths: str | None) -> str:
    """Which steps are padding, bool (time, batch, 1)."""
    zero, one = (graph.constant(number, "int32") for number in (0, 1))
    time, batch = (graph.pick(graph.add("Shape", inputs), axis) for axis in (0, 1))
    time = graph.add("Cast", time, to=6)
    lengths = lengths or graph.add("Expand", time, graph.unsqueeze(batch, 0))
    steps = graph.unsqueeze(graph.add("Range", zero, time, one), 1, 2)
    return graph.add("GreaterOrEqual", steps, graph.unsqueeze(lengths, 0, 2))


def _loop(graph: Graph, first: list[str], parts: list[_Direction]) -> tuple[list[str], list[str], list[str]]:
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
        *(part.forget for part in parts),
        body=body.proto(),
        num_scan_inputs=2 * len(parts),
        scan_input_directions=from_the_end * 2,
        scan_output_directions=from_the_end * 2,
    )
    last, states, recalled = (found[len(parts) * kind : len(parts) * (kind + 1)] for kind in range(3))
    return last, states, recalled
