"""A linear classifier of n-grams of token ids."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from pipelines.graphs.graph import Graph

SMALLEST = 1e-12  # of a norm that is divided by


def ngram_graph(ngrams: Sequence[tuple[int, ...]], scales: Any, weights: Any, biases: Any) -> Graph:
    """The graph of w x / |x| + b, where x has the scale of each n-gram that is in a text, and else zero.

    Args:
        ngrams: words and word pairs, the words first; none has padding.
        scales: float (n-grams,).
        weights: float (n-grams, labels).
        biases: float (labels,).
    """
    graph = Graph("ngrams")
    token_ids = graph.input("token_ids", "int32", ["batch", "time"])
    present = graph.add(
        "TfIdfVectorizer",
        token_ids,
        mode="IDF",
        min_gram_length=1,
        max_gram_length=2,
        max_skip_count=0,
        ngram_counts=[0, sum(len(each) == 1 for each in ngrams)],
        ngram_indexes=list(range(len(ngrams))),
        pool_int64s=list(chain.from_iterable(ngrams)),
    )
    scaled = graph.add("Mul", present, graph.constant(scales))
    norm = graph.add("ReduceL2", scaled, graph.constant([1], "int64"), keepdims=1)
    sums = graph.add("Div", graph.dense(scaled, weights), graph.add("Max", norm, graph.constant(SMALLEST)))
    graph.output("outputs", graph.add("Add", sums, graph.constant(biases)), "float32", ["batch", len(biases)])
    return graph
