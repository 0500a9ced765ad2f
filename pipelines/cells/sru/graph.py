"""The simple recurrent unit: all products before the loop, all of the output behind it.

Both directions run in one loop, side by side; the second one's steps are turned around before it and its outputs after
it. At padding a step reads zeros and a forget gate of one, so that the state stays as it is.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph
from pipelines.graphs.recurrent import States

OPEN = 100.0  # whose sigmoid is 1 in float32


def recurrent(
    graph: Graph, inputs: str, weights: Sequence[Sequence[np.ndarray]], lengths: str | None, starts: Any, own: Any
) -> tuple[str, States]:
    """Adds the layer, as `pipelines.cells` describes it."""
    units = len(weights[0][2]) // 2
    steps = _steps(graph, inputs, lengths)
    read = [steps, _turned(graph, steps)] if len(weights) > 1 else [steps]
    candidate, forget, reset, *projected = [
        graph.concat([graph.dense(each, kernel) for each, kernel in zip(read, kernels, strict=True)])
        for kernels in zip(*(_kernels(kernel, bias) for kernel, _, bias in weights), strict=True)
    ]  # each (time, batch, units of all directions)
    of_forget, of_reset = np.concatenate([peephole.reshape(2, units) for _, peephole, _ in weights], axis=1)
    if starts:
        start = graph.concat([states[0] for states in starts])
    else:
        start = graph.add("Sub", *[graph.pick(candidate, 0)] * 2)  # zeros
    last, states, recalled = _loop(graph, start, candidate, forget, of_forget, of_reset)

    reset = graph.add("Sigmoid", graph.add("Add", reset, recalled))
    highway = projected[0] if projected else graph.concat([_columns(graph, each, 0, units) for each in read])
    highway = graph.add("Mul", highway, graph.constant(math.sqrt(1 + 2 * math.exp(own.highway_bias))))
    outputs = graph.add("Add", graph.add("Mul", reset, graph.add("Sub", states, highway)), highway)
    if len(weights) > 1:
        backwards = _turned(graph, _columns(graph, outputs, units, 2 * units))
        outputs = graph.concat([_columns(graph, outputs, 0, units), backwards])
    return outputs, [[state] for state in graph.split(last, len(weights))]


def _kernels(kernel: np.ndarray, bias: np.ndarray) -> list[np.ndarray]:
    """Of the candidate, the two gates and the highway, if it is projected, (features + 2, units); see `_steps`."""
    units = len(bias) // 2
    rows = np.zeros((2, kernel.shape[1]), "float32")
    rows[0, units : 3 * units] = bias
    rows[1, units : 2 * units] = OPEN
    return np.split(np.concatenate([kernel, rows]), kernel.shape[1] // units, axis=1)


def _steps(graph: Graph, inputs: str, lengths: str | None) -> str:
    """The inputs, zero at padding, and two more columns: 1 at real steps, and 1 at padding."""
    zero, one = (graph.constant(number, "int32") for number in (0, 1))
    time, batch = (graph.pick(graph.add("Shape", inputs), axis) for axis in (0, 1))
    time = graph.add("Cast", time, to=6)
    lengths = lengths or graph.add("Expand", time, graph.unsqueeze(batch, 0))
    steps = graph.unsqueeze(graph.add("Range", zero, time, one), 1, 2)
    padding = graph.add("GreaterOrEqual", steps, graph.unsqueeze(lengths, 0, 2))  # (time, batch, 1)
    inputs = graph.add("Where", padding, graph.constant(0.0), inputs)
    return graph.concat([inputs, graph.add("Where", padding, graph.constant([0, 1]), graph.constant([1, 0]))])


def _loop(
    graph: Graph, start: str, candidate: str, forget: str, of_forget: np.ndarray, of_reset: np.ndarray
) -> tuple[str, str, str]:
    """The loop c = f c + (1 - f) g with f = sigmoid(forget + v c).

    Returns:
        The state at the end, (batch, width), that after each step, (time, batch, width), and the one before each step,
        times the reset gate's peephole.
    """
    body, shape = graph.body("step"), ["batch", len(of_forget)]
    names = (f"{name}_{start}" for name in ("before", "candidate", "forget"))
    before, proposed, gate = (body.input(name, "float32", shape) for name in names)
    opened = body.add("Sigmoid", body.add("Add", gate, body.add("Mul", before, body.constant(of_forget))))
    after = body.add("Add", body.add("Mul", opened, body.add("Sub", before, proposed)), proposed)
    for value in (after, body.add("Identity", after), body.add("Mul", before, body.constant(of_reset))):
        body.result(value, "float32", shape)
    last, states, recalled = graph.add_many("Scan", 3, start, candidate, forget, body=body.proto(), num_scan_inputs=2)
    return last, states, recalled


def _turned(graph: Graph, sequence: str) -> str:
    """The steps from the last one to the first, those of padding among them."""
    return graph.add("Slice", sequence, *(graph.constant([number], "int64") for number in (-1, -(2**62), 0, -1)))


def _columns(graph: Graph, sequence: str, start: int, end: int) -> str:
    """Some columns of a sequence."""
    return graph.add("Slice", sequence, *(graph.constant([number], "int64") for number in (start, end, 2)))
