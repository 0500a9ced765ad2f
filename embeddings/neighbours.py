"""Queries of word vectors: nearest neighbours, analogies, cosines; in NumPy alone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Union

import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.matrix import find
from embeddings.store import Artefact

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Neighbours = list[tuple[str, float]]
Vectors = Union["KeyedVectors", Artefact]  # as `embeddings.load` and `embeddings.store.read` give them


def neighbours(vectors: Vectors, word: str, count: int = 10) -> Neighbours:
    """The words nearest to a word, with the cosine of each, nearest first.

    Raises:
        InputError: the word has no vector, not even in lower case.
    """
    return _nearest(vectors, {word: 1}, count)


def analogy(vectors: Vectors, a: str, b: str, c: str, count: int = 10) -> Neighbours:
    """The words that are to `c` as `b` is to `a`: those nearest to b - a + c, none of the three among them.

    Raises:
        InputError: one of the words has no vector, not even in lower case.

    Reference: Mikolov, Yih and Zweig 2013, "Linguistic Regularities in Continuous Space Word
    Representations", section 4.
    """
    return _nearest(vectors, {b: 1, a: -1, c: 1}, count)


def cosine(vectors: Vectors, first: str, second: str) -> float:
    """The cosine of two words' vectors, in [-1, 1].

    Raises:
        InputError: one of the words has no vector, not even in lower case.
    """
    one, other = (_unit(vectors.vectors[row]) for row in _rows(vectors, first, second))
    return float(one @ other)


def _nearest(vectors: Vectors, weights: Mapping[str, int], count: int) -> Neighbours:
    """The words nearest to a sum of words' unit vectors, these words left out."""
    rows = _rows(vectors, *weights)
    units = [weight * _unit(vectors.vectors[row]) for row, weight in zip(rows, weights.values(), strict=True)]
    query = _unit(np.sum(units, axis=0))
    cosines = vectors.vectors @ query / _lengths(vectors.vectors)
    cosines[rows] = -np.inf
    found = np.argsort(-cosines, kind="stable")[: min(count, len(cosines) - len(set(rows)))]
    words = vectors.words if isinstance(vectors, Artefact) else vectors.index_to_key
    return [(words[row], float(cosines[row])) for row in found]


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / _lengths(vector)


def _lengths(vectors: np.ndarray) -> np.ndarray:
    """Of the vectors; that of zeros counts as one."""
    lengths = np.linalg.norm(vectors, axis=-1)
    return np.where(lengths > 0, lengths, 1)


def _rows(vectors: Vectors, *words: str) -> list[int]:
    """The rows of words.

    Raises:
        InputError: a word has no vector, not even in lower case.
    """
    if isinstance(vectors, Artefact):
        known = {word: row for row, word in enumerate(vectors.words)}
    else:
        known = vectors.key_to_index
    found = [find(known, word) for word in words]
    for word, row in zip(words, found, strict=True):
        if row is None:
            raise InputError(f"no vector for {word!r}, neither as written nor in lower case")
    return [row for row in found if row is not None]
