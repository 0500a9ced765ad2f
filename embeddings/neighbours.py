"""Queries of word vectors: nearest neighbours, analogies, cosines."""

from typing import TYPE_CHECKING

from embeddings.foundation.errors import InputError
from embeddings.matrix import find

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

Neighbours = list[tuple[str, float]]


def neighbours(vectors: "KeyedVectors", word: str, count: int = 10) -> Neighbours:
    """The words nearest to a word, with the cosine of each, nearest first.

    Raises:
        InputError: the word has no vector, not even in lower case.
    """
    return vectors.most_similar(positive=[_known(vectors, word)], topn=count)


def analogy(vectors: "KeyedVectors", a: str, b: str, c: str, count: int = 10) -> Neighbours:
    """The words that are to `c` as `b` is to `a`: those nearest to b - a + c, none of the three among them.

    Raises:
        InputError: one of the words has no vector, not even in lower case.

    Reference: Mikolov, Yih and Zweig 2013, "Linguistic Regularities in Continuous Space Word
    Representations", section 4.
    """
    a, b, c = (_known(vectors, word) for word in (a, b, c))
    return vectors.most_similar(positive=[b, c], negative=[a], topn=count)


def cosine(vectors: "KeyedVectors", first: str, second: str) -> float:
    """The cosine of two words' vectors, in [-1, 1].

    Raises:
        InputError: one of the words has no vector, not even in lower case.
    """
    return float(vectors.similarity(_known(vectors, first), _known(vectors, second)))


def _known(vectors: "KeyedVectors", word: str) -> str:
    row = find(vectors.key_to_index, word)
    if row is None:
        raise InputError(f"no vector for {word!r}, neither as written nor in lower case")
    return str(vectors.index_to_key[row])
