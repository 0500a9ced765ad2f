import numpy as np
import pytest
from gensim.models import KeyedVectors

from embeddings.foundation.errors import InputError
from embeddings.neighbours import analogy, neighbours


@pytest.fixture
def vectors():
    keyed_vectors = KeyedVectors(2)
    words = {"king": (3, 4), "queen": (4, 3), "man": (0, 1), "woman": (1, 0), "stone": (-1, 0)}
    keyed_vectors.add_vectors(list(words), np.array(list(words.values()), dtype=np.float32))
    return keyed_vectors


def test_the_nearest_word_has_the_greatest_cosine(vectors):
    found = neighbours(vectors, "King", count=2)
    assert [word for word, _ in found] == ["queen", "man"]
    assert [cosine for _, cosine in found] == pytest.approx([24 / 25, 4 / 5])


def test_an_analogy_adds_a_difference(vectors):
    assert analogy(vectors, "man", "woman", "king", count=1)[0][0] == "queen"


def test_a_word_without_a_vector_is_told(vectors):
    with pytest.raises(InputError, match="no vector for 'Duke'"):
        neighbours(vectors, "Duke")
