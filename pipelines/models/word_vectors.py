"""The word vectors that a model begins with."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from pipelines.text.vocabulary import PADDING_ID, SPECIAL_WORDS, Vocabulary

TABLES = {"tokens": "source_vectors", "target_tokens": "target_vectors"}  # layers, by the field whose words they hold


def word_tables(model: Any, fields: Iterable[str]) -> dict[str, Any]:
    """The model's layers of word vectors, by the field of an example whose words they hold."""
    return {field: model.get_layer(TABLES[field]) for field in fields}


def set_word_vectors(
    tables: Mapping[str, Any], vocabularies: Mapping[str, Vocabulary], vectors: Mapping[str, Any], seed: int
) -> None:
    """Puts word vectors into a model.

    A word without a vector, not even in lower case, starts at a draw from a normal distribution with the vectors' own
    standard deviation (0.1 where there are none); padding is zero.

    Args:
        tables: from `word_tables`.
        vocabularies: of the same fields.
        vectors: word vectors (`store.WordVectors`), of the same fields.
        seed: of the draws.
    """
    from embeddings.matrix import matrix  # here, for a prediction imports this module and needs no vectors

    for field, table in tables.items():
        values, found = matrix(vectors[field], vocabularies[field].words)
        found[: len(SPECIAL_WORDS)] = False
        scale = float(values[found].std()) if found.any() else 0.1
        draws = np.random.default_rng(seed).normal(0, scale, (int((~found).sum()), values.shape[1]))
        values[~found] = draws.astype("float32")
        values[PADDING_ID] = 0
        table.set_vectors(values)
