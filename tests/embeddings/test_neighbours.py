import numpy as np
import pytest
from gensim.models import KeyedVectors

from embeddings.foundation.errors import InputError
from embeddings.neighbours import analogy, cosine, neighbours
from embeddings.store import Artefact


@pytest.fixture
def vectors():
    keyed_vectors = KeyedVectors(2)
    words = {"king": (3, 4), "queen": (4, 3), "man": (0, 1), "woman": (1, 0), "stone": (-1, 0)}
    keyed_vectors.add_vectors(list(words), np.array(list(words.values()), dtype=np.float32))
    return keyed_vectors


def test_the_nearest_word_has_the_greatest_cosine(vectors):
    found = neighbours(vectors, "King", count=2)
    assert [word for word, _ in found] == ["queen", "man"]
    assert [value for _, value in found] == pytest.approx([24 / 25, 4 / 5])


def test_an_analogy_adds_a_difference(vectors):
    assert analogy(vectors, "man", "woman", "king", count=1)[0][0] == "queen"


def test_cosines_are_those_of_gensim_and_plain_arrays_give_the_same():
    draws = np.random.default_rng(0).normal(size=(50, 7)).astype("float32")
    words = [f"w{number}" for number in range(50)]
    loaded = KeyedVectors(7)
    loaded.add_vectors(words, draws)
    for vectors in (loaded, Artefact(draws, words, np.zeros(50, "int64"))):
        for found, expected in (
            (neighbours(vectors, "W3", 49), loaded.most_similar("w3", topn=49)),
            (analogy(vectors, "w1", "w2", "w3", 60), loaded.most_similar(["w2", "w3"], ["w1"], topn=60)),
        ):
            assert [word for word, _ in found] == [word for word, _ in expected]
            np.testing.assert_allclose([value for _, value in found], [value for _, value in expected], atol=1e-6)
        assert cosine(vectors, "w5", "w6") == pytest.approx(float(loaded.similarity("w5", "w6")), abs=1e-6)


def test_a_vector_of_zeros_is_near_to_nothing():
    vectors = Artefact(np.array([[0, 0], [1, 0], [1, 1]], "float32"), ["zero", "one", "two"], np.zeros(3, "int64"))
    assert neighbours(vectors, "one") == [("two", pytest.approx(0.5**0.5)), ("zero", 0.0)]
    assert cosine(vectors, "zero", "one") == 0


def test_a_word_without_a_vector_is_told(vectors):
    with pytest.raises(InputError, match="no vector for 'Duke'"):
        neighbours(vectors, "Duke")
