import subprocess
import sys

import numpy as np
import pytest
from gensim.models import KeyedVectors

from embeddings import store
from embeddings.matrix import coverage, matrix


@pytest.fixture
def vectors():
    keyed_vectors = KeyedVectors(2)
    keyed_vectors.add_vectors(["may", "May", "the"], np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32))
    return keyed_vectors


def test_a_word_is_looked_up_as_written_then_in_lower_case(vectors):
    found_vectors, found = matrix(vectors, ["May", "may", "MAY", "The", "Zürich"])
    np.testing.assert_array_equal(found_vectors, [[3, 4], [1, 2], [1, 2], [5, 6], [0, 0]])
    np.testing.assert_array_equal(found, [True, True, True, True, False])
    assert found_vectors.dtype == np.float32


def test_a_lower_case_word_does_not_take_the_vector_of_a_name():
    vectors = KeyedVectors(1)
    vectors.add_vectors(["Apple"], np.ones((1, 1), dtype=np.float32))
    assert matrix(vectors, ["Apple", "apple", "APPLE"])[1].tolist() == [True, False, False]


def test_a_folder_gives_the_same_matrix_as_loaded_vectors(vectors, tmp_path):
    store.save(tmp_path / "vectors", vectors, {})
    words = ["the", "no", "MAY"]
    for of_folder, of_vectors in zip(matrix(tmp_path / "vectors", words), matrix(vectors, words), strict=True):
        np.testing.assert_array_equal(of_folder, of_vectors)


def test_vectors_without_words_find_nothing(tmp_path):
    store.save(tmp_path / "random", KeyedVectors(3), {})
    found_vectors, found = matrix(tmp_path / "random", ["a", "b"])
    np.testing.assert_array_equal(found_vectors, np.zeros((2, 3)))
    assert not found.any()


def test_a_folder_is_read_without_gensim(vectors, tmp_path):
    store.save(tmp_path / "vectors", vectors, {})
    program = (
        "import sys, embeddings; assert 'numpy' not in sys.modules; from embeddings.matrix import coverage, matrix; "
        "matrix(sys.argv[1], ['the']); sys.exit('gensim' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path / "vectors")]).returncode == 0


def test_coverage_counts_words_and_their_occurrences_by_the_rule_for_unknown_words() -> None:
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(2)
    vectors.add_vectors(["the", "cat"], np.ones((2, 2), dtype=np.float32))
    counts = {"The": 6, "cat": 1, "sat": 2, "CAT": 1}
    assert coverage(vectors, counts) == {"words": 75.0, "tokens": 80.0}
    assert coverage(vectors, {}) == {"words": 0.0, "tokens": 0.0}
