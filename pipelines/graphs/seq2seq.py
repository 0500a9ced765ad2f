"""An encoder-decoder in two graphs: what reads the source, and a step of the decoder.

Memory, what the decoder attends to, and states go out of the one and into the other under the same names.
"""

from typing import Any

from pipelines.graphs.attention import attend, attention_keys
from pipelines.graphs.graph import Graph
from pipelines.graphs.recurrent import joined, stack
from pipelines.graphs.words import embed, lengths, real, tied_logits


def encoder_graph(model: Any) -> Graph:
    """The graph of a `Seq2Seq`'s `encode`."""
    graph, cell = Graph("encoder"), model.cell
    source_ids = graph.input("source_ids", "int32", ["batch", "source_time"])
    mask = real(graph, source_ids)
    vectors = embed(graph, model.source_vectors, source_ids)
    annotations, states = stack(graph, vectors, model.encoder, cell, lengths(graph, mask))
    starts = [
        [
            graph.dense(joined(graph, of_layer, kind), *bridge.get_weights(), activation="Tanh")
            for kind, bridge in enumerate(bridges)
        ]
        for of_layer, bridges in zip(states, model.bridges, strict=True)
    ]
    if model.switches["annotations"] == "states_and_words":
        annotations = graph.concat([annotations, vectors])
    if model.switches["attention"] != "none":
        width = model.attention.get_weights()[0].shape[1]
        annotations = graph.swapped(annotations)
        keys = attention_keys(graph, model.attention, annotations)
        features = annotation_width(model)
        graph.output("annotations", annotations, "float32", ["batch", "source_time", features])
        graph.output("mask", mask, "bool", ["batch", "source_time"])
        if keys:
            graph.output("keys", keys, "float32", ["batch", "source_time", width])
    write_starts(graph, model, starts)
    sentence = joined(graph, states[-1])
    graph.output("hidden_states", sentence, "float32", ["batch", cell.units * (1 + cell.bidirectional)])
    return graph


def write_starts(graph: Graph, model: Any, starts: list[list[str]]) -> None:
    """Adds the decoder's first states to the outputs; with input feeding, also what there is no step before of."""
    first = [state for of_layer in starts for state in of_layer]
    widths = state_widths(model)
    rows = graph.add("Shape", first[0], start=0, end=1)
    shape = graph.concat([rows, graph.constant([1], "int64")], axis=0)
    first += [graph.add("Expand", graph.constant([[0.0] * width]), shape) for width in widths[len(first) :]]
    for number, (state, width) in enumerate(zip(first, widths, strict=True)):
        graph.output(f"state_{number}", state, "float32", ["batch", width])


def state_widths(model: Any) -> list[int]:
    """The width of each of the decoder's states; with input feeding its output and its attentional output are two."""
    widths = [model.cell.units] * sum(map(len, model.bridges))
    return widths + ([model.cell.units, model.attentional_units] if model.switches["input_feeding"] else [])


def annotation_width(model: Any) -> int:
    """The width of what is attended to."""
    words = model.sizes["source"][2] if model.switches["annotations"] == "states_and_words" else 0
    return model.cell.units * (1 + model.cell.bidirectional) + words


def decoder_graph(model: Any) -> Graph:
    """The graph of a `Seq2Seq`'s `step`; `weights` is how much each source word is attended to."""
    graph, cell, switches = Graph("decoder"), model.cell, model.switches
    word_ids = graph.input("word_ids", "int32", ["batch"])
    widths = state_widths(model)
    before = [graph.input(f"state_{number}", "float32", ["batch", width]) for number, width in enumerate(widths)]
    vectors = embed(graph, model.target_vectors, graph.unsqueeze(word_ids, 1))  # (1, batch, dimensions)
    if switches["input_feeding"]:
        vectors = graph.concat([vectors, graph.unsqueeze(before[-1], 0)])
    kinds = len(model.bridges[0])
    starts = [before[kinds * level : kinds * (level + 1)] for level in range(cell.depth)]
    outputs, states = stack(graph, vectors, model.decoder, cell, None, starts)
    outputs = graph.squeeze(outputs, 0)
    combined, weights = outputs, None
    if switches["attention"] != "none":
        annotations = graph.input("annotations", "float32", ["batch", "source_time", annotation_width(model)])
        mask = graph.input("mask", "bool", ["batch", "source_time"])
        keys = None
        if model.attention.settings["method"] == "additive":
            width = model.attention.get_weights()[0].shape[1]
            keys = graph.input("keys", "float32", ["batch", "source_time", width])
        context, weights = attend(graph, model.attention, outputs, annotations, mask, keys)
        combined = graph.concat([context, outputs])
    activation = "Tanh" if switches["annotations"] == "states" else None
    attentional = graph.dense(combined, *model.combine.get_weights(), activation=activation)
    if switches["tied_embeddings"]:
        logits = tied_logits(graph, model.target_vectors, attentional, model.word_biases.numpy())
    else:
        logits = graph.dense(attentional, *model.logits.get_weights())
    graph.output("logits", logits, "float32", ["batch", model.sizes["target"][0]])
    after = [state for of_layer in states for state in of_layer[0]]
    after += [outputs, attentional] if switches["input_feeding"] else []
    for number, (state, width) in enumerate(zip(after, widths, strict=True)):
        graph.output(f"after_{number}", state, "float32", ["batch", width])
    if weights:
        graph.output("weights", weights, "float32", ["batch", "source_time"])
    return graph
