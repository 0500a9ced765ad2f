"""A language model, its states handed in and out."""

from typing import Any

from pipelines.graphs.graph import Graph
from pipelines.graphs.recurrent import stack
from pipelines.graphs.words import embed, lengths, real, tied_logits


def language_model_graph(model: Any) -> Graph:
    """The graph of a `LanguageModel`'s `read`; each row holds a token or more."""
    graph, cell, words = Graph("language_model"), model.cell, model.words[0]
    token_ids = graph.input("token_ids", "int32", ["batch", "time"])
    kinds = len(model.carried) // cell.depth
    before = [graph.input(f"state_{number}", "float32", ["batch", cell.units]) for number in range(kinds * cell.depth)]
    starts = [before[kinds * level : kinds * (level + 1)] for level in range(cell.depth)]
    vectors = embed(graph, model.source_vectors, token_ids)
    of_rows = lengths(graph, real(graph, token_ids))
    outputs, states = stack(graph, vectors, model.encoder, cell, of_rows, starts)
    outputs = graph.swapped(outputs)
    if model.tied_embeddings:
        projected = graph.dense(outputs, *model.projection.get_weights())
        logits = tied_logits(graph, model.source_vectors, projected, model.word_biases.numpy())
    else:
        logits = graph.dense(outputs, *model.logits.get_weights())
    graph.output("logits", logits, "float32", ["batch", "time", words])
    after = [state for of_layer in states for state in of_layer[0]]
    for number, state in enumerate(after):
        graph.output(f"after_{number}", state, "float32", ["batch", cell.units])
    graph.output("hidden_states", states[-1][0][0], "float32", ["batch", cell.units])
    return graph
