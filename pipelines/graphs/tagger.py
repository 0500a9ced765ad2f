"""A tagger of tokens."""

from typing import Any

from pipelines.graphs.characters import character_features
from pipelines.graphs.crf import potentials
from pipelines.graphs.graph import Graph
from pipelines.graphs.recurrent import joined, stack
from pipelines.graphs.words import lengths, read_words, real
from pipelines.models.config import EncoderConfig


def tagger_graph(model: Any, cell: EncoderConfig, *, crf: bool, characters: bool, word_shapes: bool) -> Graph:
    """The graph of a model from `build_tagger`."""
    graph = Graph("tagger")
    token_ids, vectors = read_words(graph, model)
    of_rows = lengths(graph, real(graph, token_ids))
    features = [vectors]
    if characters:
        word_numbers = graph.input("word_numbers", "int32", ["batch", "time"])
        character_ids = graph.input("character_ids", "int32", ["words", "characters"])
        layer = model.get_layer("char_features")
        features.append(character_features(graph, layer, cell, word_numbers, character_ids))
    if word_shapes:
        shape_ids = graph.input("shape_ids", "int32", ["batch", "time"])
        table = graph.constant(model.get_layer("word_shapes").get_weights()[0])
        features.append(graph.add("Gather", table, graph.transpose(shape_ids, 1, 0)))
    layers = [model.get_layer(f"encoder_{level}") for level in range(cell.depth)]
    outputs, states = stack(graph, graph.concat(features), layers, cell, of_rows)
    emissions = graph.swapped(graph.dense(outputs, *model.get_layer("logits").get_weights()))
    tags = model.output.shape[-1]
    if crf:
        emissions = potentials(graph, model.get_layer("crf"), emissions, of_rows)
    graph.output("outputs", emissions, "float32", ["batch", "time", *([tags] * (1 + crf))])
    sentence = joined(graph, states[-1])
    graph.output("hidden_states", sentence, "float32", ["batch", cell.units * (1 + cell.bidirectional)])
    return graph
