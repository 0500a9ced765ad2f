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


def test_a_word_without_a_vector_is_told(vectors):
    with pytest.raises(InputError, match="no vector for 'Duke'"):
        neighbours(vectors, "Duke")


@pytest.fixture
def with_zero():
    keyed_vectors = KeyedVectors(2)
    words = {"king": (3, 4), "nought": (0, 0), "queen": (4, 3), "man": (0, 1), "opposite": (0, -1), "less": (-0.0, 0)}
    keyed_vectors.add_vectors(list(words), np.array(list(words.values()), dtype=np.float32))
    return keyed_vectors


def test_a_zero_vector_is_near_to_no_word(with_zero):
    assert [word for word, _ in neighbours(with_zero, "king")] == ["queen", "man", "opposite"]
    assert [word for word, _ in analogy(with_zero, "man", "man", "king")] == ["queen", "opposite"]


@pytest.mark.parametrize("word", ["nought", "Nought", "less"])
def test_a_question_about_a_zero_vector_is_refused(with_zero, word):
    told = f"the vector of '{word}' is zero: it has no direction, and so no cosine with another"
    with pytest.raises(InputError, match=told):
        neighbours(with_zero, word)
    for pair in ((word, "king"), ("king", word), (word, word)):
        with pytest.raises(InputError, match=told):
            cosine(with_zero, *pair)
    for three in ((word, "king", "man"), ("king", word, "man"), ("king", "man", word)):
        with pytest.raises(InputError, match=told):
            analogy(with_zero, *three)


def test_vectors_that_add_up_to_zero_are_near_to_no_word():
    angle = np.pi / 3  # b and c, at this angle to a on both sides, add up to it
    words = {"a": (1, 0), "b": (np.cos(angle), np.sin(angle)), "c": (np.cos(angle), -np.sin(angle)), "d": (0.3, 0.4)}
    vectors = KeyedVectors(2)
    vectors.add_vectors(list(words), np.array(list(words.values()), dtype=np.float32))
    with pytest.raises(InputError, match=r"the vectors of 'b' - 'a' \+ 'c' add up to zero, which is near to no word"):
        analogy(vectors, "a", "b", "c")


@pytest.mark.parametrize("scale", [1e-44, 1e-30, 1e-20, 1, 1e20, 1e37])
def test_long_and_short_vectors_have_the_cosines_of_others(vectors, scale):
    with np.errstate(under="ignore"):
        vectors.vectors[0] *= np.float32(scale)
    assert cosine(vectors, "king", "queen") == pytest.approx(24 / 25, abs=0.06 if scale < 1e-40 else 1e-6)
    assert [word for word, _ in neighbours(vectors, "queen", 2)] == ["king", "woman"]
    assert neighbours(vectors, "king", 1)[0][0] == "queen"


def test_neighbours_are_those_of_gensim(monkeypatch):
    monkeypatch.setattr("embeddings.cosines.ROWS", 7)
    draw = np.random.default_rng(1)
    vectors = KeyedVectors(8)
    vectors.add_vectors([f"w{n}" for n in range(50)], draw.normal(size=(50, 8)).astype(np.float32))
    for expected, got in (
        (vectors.most_similar("w3", topn=10), neighbours(vectors, "w3")),
        (vectors.most_similar(positive=["w2", "w3"], negative=["w1"], topn=10), analogy(vectors, "w1", "w2", "w3")),
    ):
        assert [word for word, _ in got] == [word for word, _ in expected]
        np.testing.assert_allclose([value for _, value in got], [value for _, value in expected], atol=1e-6)
    assert cosine(vectors, "w1", "w2") == pytest.approx(vectors.similarity("w1", "w2"), abs=1e-6)
    assert len(neighbours(vectors, "w1", 1000)) == 49
