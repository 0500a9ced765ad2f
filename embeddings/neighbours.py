"""Queries of word vectors: nearest neighbours, analogies, cosines; in NumPy alone."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Union

import numpy as np

from embeddings.cosines import cosines, directions
from embeddings.foundation.errors import InputError
from embeddings.matrix import find
from embeddings.store import Artefact

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

ROUNDING = 1e-6  # of a sum of directions: what is less is zero
Neighbours = list[tuple[str, float]]
Vectors = Union["KeyedVectors", Artefact]  # as `embeddings.load` and `embeddings.store.read` give them


def neighbours(vectors: Vectors, word: str, count: int = 10) -> Neighbours:
    """The words nearest to a word, with the cosine of each, nearest first; words with a zero vector are near to none.

    Raises:
        InputError: the word has no vector, not even in lower case, or a zero vector.
    """
    ((row, direction),) = _directions(vectors, word)
    return _nearest(vectors, direction, {row}, count)


def analogy(vectors: Vectors, a: str, b: str, c: str, count: int = 10) -> Neighbours:
    """The words that are to `c` as `b` is to `a`: those nearest to b - a + c, none of the three among them.

    Raises:
        InputError: one of the words has no vector, not even in lower case, or a zero vector, or the sum is zero.

    Reference: Mikolov, Yih and Zweig 2013, "Linguistic Regularities in Continuous Space Word
    Representations", section 4.
    """
    rows, (of_a, of_b, of_c) = zip(*_directions(vectors, a, b, c), strict=True)
    total = of_b - of_a + of_c
    if np.linalg.norm(total) < ROUNDING:
        raise InputError(f"the vectors of {b!r} - {a!r} + {c!r} add up to zero, which is near to no word")
    return _nearest(vectors, directions(total[None])[0], rows, count)


def cosine(vectors: Vectors, first: str, second: str) -> float:
    """The cosine of two words' vectors, in [-1, 1].

    Raises:
        InputError: one of the words has no vector, not even in lower case, or a zero vector.
    """
    (_, one), (_, other) = _directions(vectors, first, second)
    return float(np.clip(one @ other, -1, 1))


def _nearest(vectors: Vectors, direction: np.ndarray, without: Collection[int], count: int) -> Neighbours:
    found = cosines(vectors.vectors, direction)
    found[[*without]] = np.nan
    order = np.argsort(-found, kind="stable")[: min(count, np.count_nonzero(~np.isnan(found)))]  # NaN comes last
    words = vectors.words if isinstance(vectors, Artefact) else vectors.index_to_key
    return [(str(words[row]), float(np.clip(found[row], -1, 1))) for row in order]


def _directions(vectors: Vectors, *words: str) -> list[tuple[int, np.ndarray]]:
    """The row of each word and its vector, scaled to length 1."""
    if isinstance(vectors, Artefact):
        rows = {known: row for row, known in enumerate(vectors.words)}
    else:
        rows = vectors.key_to_index
    found = []
    for word in words:
        row = find(rows, word)
        if row is None:
            raise InputError(f"no vector for {word!r}, neither as written nor in lower case")
        (direction,) = directions(vectors.vectors[row : row + 1])
        if np.isnan(direction).any():
            raise InputError(f"the vector of {word!r} is zero: it has no direction, and so no cosine with another")
        found.append((row, direction))
    return found
