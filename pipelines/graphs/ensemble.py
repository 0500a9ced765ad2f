"""The graphs of several runs as one graph: each beside the others, their scores averaged at the end."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import log

import onnx
from onnx import numpy_helper

from pipelines.graphs.graph import Graph

TOKENS = "token_ids"
SCORES = ("outputs", "logits")
MEMORY = ("annotations", "mask", "keys")  # what a decoder attends to
ATTENTION, SENTENCE = "weights", "hidden_states"


def ensemble_graph(
    name: str,
    members: Sequence[onnx.GraphProto],
    averages: str,
    temperatures: Sequence[float],
    shares: Sequence[float] = (),
    lookups: Sequence[Sequence[int]] = (),
) -> Graph:
    """A graph that reads what its members read, and gives the average of what they give.

    Each member has its own states and its own memory, under names of their own, in the order of the members. Attention
    is averaged; hidden states are joined. Equal weights, such as those of frozen word vectors, stand once.

    Args:
        name: of the graph.
        members: graphs of one kind of model that differ in their weights or their cell; behind them there may be some
            that give scores and nothing else.
        averages: what scores are, and so how they are averaged.
        temperatures: what divides the scores of each member before.
        shares: of each member in the average of choices, which add up to one; if not given, equal.
        lookups: of each member its own ids of the words, by their ids in the vocabulary of all; if not given, they have
            one vocabulary.
    """
    graph = Graph(name)
    states = [sum(value.name.startswith("state_") for value in (*each.input, *each.output)) for each in members]
    firsts = [0, *accumulate(states)]
    places: list[dict[str, str]] = [{} for _ in members]
    for number, value in _by_kind(members, "input"):
        new = _name(value.name, number, firsts[number])
        if not any(each.name == new for each in graph.inputs):
            graph.inputs.append(_renamed_value(value, new))
        places[number][value.name] = new
    for place, lookup in zip(places, lookups, strict=False):
        # As rows, so that a table has as many as the vocabulary has words: what loading a run looks for.
        rows = graph.constant([[each] for each in lookup], "int32")
        place[TOKENS] = graph.squeeze(graph.add("Gather", rows, place[TOKENS]), -1)
    for number, member in enumerate(members):
        _include(graph, member, f"member_{number}.", places[number])
    for value in members[0].output:
        if value.name in SCORES:
            scores = [place[value.name] for place in places]
            _give(graph, value, value.name, average(graph, scores, averages, temperatures, shares))
    for number, value in _by_kind(members, "output"):
        if value.name not in (*SCORES, ATTENTION, SENTENCE):
            _give(graph, value, _name(value.name, number, firsts[number]), places[number][value.name])
    for value in members[0].output:
        if value.name == ATTENTION:
            _give(graph, value, value.name, _mean(graph, [place[value.name] for place in places]))
        if value.name == SENTENCE:
            joined = graph.concat([place[value.name] for place in places if value.name in place])
            _give(graph, value, value.name, joined, sum(_width(each) for each in members))
    return graph


def average(
    graph: Graph,
    scores: Sequence[str],
    averages: str,
    temperatures: Sequence[float],
    shares: Sequence[float] = (),
) -> str:
    """Scores whose probabilities are the mean of the members'; those of one member stay as they are.

    `choices` are logits of what excludes each other, softmax(average) = mean of softmax(scores), and `decisions` logits
    of what does not, sigmoid(average) = mean of sigmoid(scores). `potentials` are those of a CRF: the score of a
    sequence is the mean of its scores, so that its probability is their geometric mean, over the sum of all sequences.
    """
    if len(scores) == 1:
        return scores[0]
    if averages == "potentials":
        return _mean(graph, scores)
    scores = [
        each if temperature == 1 else graph.add("Div", each, graph.constant(temperature))
        for each, temperature in zip(scores, temperatures, strict=True)
    ]
    if averages == "decisions":  # sigmoid(x) is the first of softmax(x / 2, -x / 2)
        columns = [graph.unsqueeze(each, -1) for each in scores]
        pairs = [graph.add("Mul", each, graph.constant([0.5, -0.5])) for each in columns]
        both = average(graph, pairs, "choices", [1] * len(pairs))
        return graph.add("Sub", graph.pick(both, 0, -1), graph.pick(both, 1, -1))
    logs = [graph.add("LogSoftmax", each, axis=-1) for each in scores]
    if shares:
        logs = [graph.add("Add", each, graph.constant(log(share))) for each, share in zip(logs, shares, strict=True)]
    rows = graph.concat([graph.unsqueeze(each, 0) for each in logs], axis=0)
    total = graph.add("ReduceLogSumExp", rows, graph.constant([0], "int64"), keepdims=0)
    return total if shares else graph.add("Sub", total, graph.constant(log(len(logs))))


def _mean(graph: Graph, values: Sequence[str]) -> str:
    if len(values) == 1:
        return values[0]
    together = graph.concat([graph.unsqueeze(each, 0) for each in values], axis=0)
    return graph.add("ReduceMean", together, graph.constant([0], "int64"), keepdims=0)


def _is_state(name: str) -> bool:
    return name.startswith(("state_", "after_"))


def _name(name: str, member: int, first_state: int) -> str:
    """What an input or an output of a member is called among those of all; what they share keeps its name."""
    if _is_state(name):
        kind, _, number = name.partition("_")
        return f"{kind}_{first_state + int(number)}"
    return f"{name}_{member}" if name in MEMORY else name


def _by_kind(members: Sequence[onnx.GraphProto], side: str) -> Iterator[tuple[int, onnx.ValueInfoProto]]:
    """Inputs or outputs with the numbers of their members, in the order that engines expect.

    Of a decoder's inputs that is words, states, memory; an encoder gives memory and states.
    """
    found = [(number, value) for number, each in enumerate(members) for value in getattr(each, side)]
    memory = 2 if side == "input" else 0
    yield from sorted(found, key=lambda each: memory if each[1].name in MEMORY else int(_is_state(each[1].name)))


def _width(member: onnx.GraphProto) -> int:
    """Of its hidden states; 0 where it has none."""
    shapes = [value.type.tensor_type.shape for value in member.output if value.name == SENTENCE]
    return sum(shape.dim[-1].dim_value for shape in shapes)


def _renamed_value(value: onnx.ValueInfoProto, name: str) -> onnx.ValueInfoProto:
    new = onnx.ValueInfoProto()
    new.CopyFrom(value)
    new.name = name
    return new


def _give(graph: Graph, value: onnx.ValueInfoProto, name: str, source: str, width: int | None = None) -> None:
    """Adds an output like one of a member's, possibly of another width."""
    new = _renamed_value(value, name)
    if width is not None:
        new.type.tensor_type.shape.dim[-1].dim_value = width
    graph.nodes.append(onnx.helper.make_node("Identity", [source], [name]))
    graph.outputs.append(new)


def _include(graph: Graph, member: onnx.GraphProto, prefix: str, names: dict[str, str]) -> None:
    """Adds the weights and nodes of another graph.

    Args:
        graph: to which they are added.
        member: the other graph.
        prefix: of the names of its values.
        names: of its inputs here, by those there; gets those of all its values.
    """
    for weights in member.initializer:
        array = numpy_helper.to_array(weights)
        names[weights.name] = graph.constant(array, array.dtype.name)
    graph.nodes += [_renamed_node(node, prefix, names) for node in member.node]


def _renamed_node(node: onnx.NodeProto, prefix: str, names: dict[str, str]) -> onnx.NodeProto:
    new = onnx.NodeProto()
    new.CopyFrom(node)
    new.input[:] = [names[each] if each else "" for each in node.input]
    for attribute in new.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:  # the body of a loop, which sees the values around it
            body, inside = attribute.g, dict(names)
            for value in body.input:
                inside[value.name] = value.name = f"{prefix}{value.name}"
            nodes = [_renamed_node(each, prefix, inside) for each in body.node]
            body.ClearField("node")
            body.node.extend(nodes)
            for value in body.output:
                value.name = inside[value.name]
    for place, each in enumerate(node.output):
        names[each] = new.output[place] = f"{prefix}{each}" if each else ""
    return new
