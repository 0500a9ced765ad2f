"""The simple recurrent unit: all products before the loop, all of the output behind it.

Both directions run in one loop, side by side; the second one's steps are turned around before it and its outputs after
it. At padding a step reads zeros and a forget gate of one, so that the state stays as it is.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph
from pipelines.graphs.linear import steps_from
from pipelines.graphs.recurrent import States

OPEN = 100.0  # whose sigmoid is 1 in float32


def recurrent(
    graph: Graph, inputs: str, weights: Sequence[Sequence[np.ndarray]], lengths: str | None, starts: Any, own: Any
) -> tuple[str, States]:
    """Adds the layer, as `pipelines.cells` describes it."""
    units = len(weights[0][2]) // 2
    steps = _steps(graph, inputs, lengths)
    read = [steps, graph.turned(steps)] if len(weights) > 1 else [steps]
    candidate, forget, reset, *projected = [
        graph.concat([graph.dense(each, kernel) for each, kernel in zip(read, kernels, strict=True)])
        for kernels in zip(*(_kernels(kernel, bias) for kernel, _, bias in weights), strict=True)
    ]  # each (time, batch, units of all directions)
    of_forget, of_reset = np.concatenate([peephole.reshape(2, units) for _, peephole, _ in weights], axis=1)
    if starts:
        start = graph.concat([states[0] for states in starts])
    else:
        start = graph.add("Sub", *[graph.pick(candidate, 0)] * 2)  # zeros
    last, states = _loop(graph, start, candidate, forget, of_forget)

    before = graph.concat([graph.unsqueeze(start, 0), graph.part(states, 0, -1, 0)], axis=0)
    recalled = graph.add("Mul", before, graph.constant(of_reset))
    reset = graph.add("Sigmoid", graph.add("Add", reset, recalled))
    highway = projected[0] if projected else graph.concat([graph.part(each, 0, units, 2) for each in read])
    highway = graph.add("Mul", highway, graph.constant(math.sqrt(1 + 2 * math.exp(own.highway_bias))))
    outputs = graph.add("Add", graph.add("Mul", reset, graph.add("Sub", states, highway)), highway)
    if len(weights) > 1:
        forwards, backwards = graph.split(outputs, 2)
        outputs = graph.concat([forwards, graph.turned(backwards)])
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
    time, batch = (graph.pick(graph.add("Shape", inputs), axis) for axis in (0, 1))
    lengths = lengths or graph.add("Expand", graph.add("Cast", time, to=6), graph.unsqueeze(batch, 0))
    padding = steps_from(graph, inputs, lengths)
    inputs = graph.add("Where", padding, graph.constant(0.0), inputs)
    return graph.concat([inputs, graph.add("Where", padding, graph.constant([0, 1]), graph.constant([1, 0]))])


def _loop(graph: Graph, start: str, candidate: str, forget: str, of_forget: np.ndarray) -> tuple[str, str]:
    """The loop c = f c + (1 - f) g with f = sigmoid(forget + v c).

    Returns:
        The state at the end, (batch, width), and that after each step, (time, batch, width).
    """
    body, shape = graph.body("step"), ["batch", len(of_forget)]
    names = (f"{name}_{start}" for name in ("before", "candidate", "forget"))
    before, proposed, gate = (body.input(name, "float32", shape) for name in names)
    opened = body.add("Sigmoid", body.add("Add", gate, body.add("Mul", before, body.constant(of_forget))))
    after = body.add("Add", body.add("Mul", opened, body.add("Sub", before, proposed)), proposed)
    for value in (after, body.add("Identity", after)):
        body.result(value, "float32", shape)
    last, states = graph.add_many("Scan", 2, start, candidate, forget, body=body.proto(), num_scan_inputs=2)
    return last, states
