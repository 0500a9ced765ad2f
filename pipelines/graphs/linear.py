"""Recurrent layers whose gates depend on no state: c_t = f_t c_{t-1} + (1 - f_t) g_t, h_t = o_t c_t.

All but two operations a step stand before and behind the loop, in which both directions run side by side; the second
one's steps are turned around before it and its outputs after it. At padding a forget gate is one, so that the state
stays as it is.

Cutting a sequence into chunks of 8 to 32 steps that run side by side is faster for a single text of 250 steps alone
(0.4 of the time): one of 12 steps takes twice as long, and so does a batch of 64, three times. Doubling the steps that
are read at once, level by level, is ten times slower for batches (ONNX Runtime on one thread, 128 units).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pipelines.graphs.graph import Graph
from pipelines.graphs.recurrent import States

Gates = Callable[[Graph, str], tuple[str, str, str | None]]
PARTS = 3  # of what a cell with a filter carries to a step: the candidate's, the forget gate's and the output gate's


def recurrent_of(gates: Gates) -> Callable[..., tuple[str, States]]:
    """A cell's `recurrent`, as `pipelines.cells` describes it, from its gates."""

    def recurrent(
        graph: Graph, inputs: str, weights: Sequence[Sequence[np.ndarray]], lengths: str | None, starts: Any, own: Any
    ) -> tuple[str, States]:
        return linear_recurrence(graph, inputs, weights, lengths, starts, gates)

    return recurrent


def linear_recurrence(
    graph: Graph,
    inputs: str,
    weights: Sequence[Sequence[np.ndarray]],
    lengths: str | None,
    starts: Sequence[Sequence[str]] | None,
    gates: Gates,
) -> tuple[str, States]:
    """Adds a layer.

    Args:
        graph: to which it is added; the arguments from here to `starts` are as in `pipelines.cells`.
        inputs: (time, batch, features).
        weights: of each direction the kernel, ([filter width,] features, columns), and the bias, (columns,).
        lengths: real steps of each row, or None.
        starts: the first states of each direction, or None.
        gates: adds the candidate g, the forget gate f and, if there is one, the output gate o, of projected inputs.

    Returns:
        As a cell's `recurrent`.
    """
    if lengths:
        inputs = graph.add("Where", steps_from(graph, inputs, lengths), graph.constant(0.0), inputs)
    of_gates, carried = [], []
    for direction, (kernel, bias) in enumerate(weights):
        read = graph.turned(inputs) if direction else inputs
        start = starts[direction][1:] if starts else []
        sums, after = convolved(graph, read, kernel, start, None if direction else lengths)
        candidate, forget, output = gates(graph, graph.add("Add", sums, graph.constant(bias)))
        if lengths:
            padding = graph.add("Cast", steps_from(graph, inputs, lengths), to=1)
            forget = graph.add("Max", forget, graph.turned(padding) if direction else padding)
        of_gates.append((candidate, forget, output))
        carried.append(after)
    candidate, forget = (graph.concat(parts) for parts in list(zip(*of_gates, strict=True))[:2])
    start = graph.pick(candidate, 0)
    start = graph.concat([states[0] for states in starts]) if starts else graph.add("Sub", start, start)  # zeros
    added = graph.add("Mul", graph.add("Sub", graph.constant(1.0), forget), candidate)
    last, outputs = loop(graph, start, forget, added)
    if opened := [output for *_, output in of_gates if output]:
        outputs = graph.add("Mul", outputs, graph.concat(opened))
    if len(weights) > 1:
        forwards, backwards = graph.split(outputs, 2)
        outputs = graph.concat([forwards, graph.turned(backwards)])
    return outputs, [[state, *after] for state, after in zip(graph.split(last, len(weights)), carried, strict=True)]


def convolved(
    graph: Graph, inputs: str, kernel: np.ndarray, carried: Sequence[str], lengths: str | None
) -> tuple[str, list[str]]:
    """What each step's gates come from, (time, batch, columns), and what is carried to those behind the last one.

    Args:
        graph: to which it is added.
        inputs: (time, batch, features), zero at padding.
        kernel: ([filter width,] features, columns).
        carried: from before, each (batch, units), or none of them.
        lengths: real steps of each row, the first ones; if not given, the last step is the last one of all rows.
    """
    if kernel.ndim == 2:
        return graph.dense(inputs, kernel), []
    taps, later = kernel[::-1], len(kernel) - 1  # what an input gives to its own step, to the next one, and so on
    given = graph.split(graph.dense(inputs, np.concatenate([*taps], axis=1)), len(taps))
    empty = graph.add("Sub", *[graph.unsqueeze(graph.pick(given[0], 0), 0)] * 2)  # a step of zeros
    sums = graph.concat([given[0], *[empty] * later], axis=0)
    for tap in range(1, len(taps)):
        sums = graph.add("Add", sums, graph.concat([*[empty] * tap, given[tap], *[empty] * (later - tap)], axis=0))
    if carried:
        rows = [graph.concat(carried[n : n + PARTS]) for n in range(0, len(carried), PARTS)]
        rest = graph.add("Sub", *[given[0]] * 2)
        before = graph.concat([*(graph.unsqueeze(row, 0) for row in rows), rest], axis=0)
        sums = graph.add("Add", sums, before)
    ends = []
    for ahead in range(later):
        if lengths:
            step = graph.add("Add", lengths, graph.constant(ahead, "int32"))
            here = graph.add("Cast", graph.add("Equal", numbers(graph, sums), graph.unsqueeze(step, 0, 2)), to=1)
            end = graph.add("ReduceSum", graph.add("Mul", sums, here), graph.constant([0], "int64"), keepdims=0)
        else:
            end = graph.pick(sums, ahead - later)
        ends += graph.split(end, PARTS)
    return graph.part(sums, 0, -later, 0), ends


def loop(graph: Graph, start: str, forget: str, added: str) -> tuple[str, str]:
    """The last state of c = f c + a, (batch, width), and those after each step, (time, batch, width)."""
    body, shape = graph.body("step"), ["batch", "width"]
    before, gate, given = (body.input(f"{name}_{start}", "float32", shape) for name in ("before", "forget", "added"))
    after = body.add("Add", body.add("Mul", gate, before), given)
    for value in (after, body.add("Identity", after)):
        body.result(value, "float32", shape)
    last, states = graph.add_many("Scan", 2, start, forget, added, body=body.proto(), num_scan_inputs=2)
    return last, states


def numbers(graph: Graph, sequence: str) -> str:
    """The numbers of the steps, int32 (time, 1, 1)."""
    time = graph.add("Cast", graph.pick(graph.add("Shape", sequence), 0), to=6)
    return graph.unsqueeze(graph.add("Range", graph.constant(0, "int32"), time, graph.constant(1, "int32")), 1, 2)


def steps_from(graph: Graph, sequence: str, lengths: str) -> str:
    """Which steps are padding, bool (time, batch, 1)."""
    return graph.add("GreaterOrEqual", numbers(graph, sequence), graph.unsqueeze(lengths, 0, 2))
