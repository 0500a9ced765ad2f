import json

import numpy as np
import pytest
from gensim.models import KeyedVectors

import embeddings
from embeddings import store
from embeddings.foundation.errors import InputError


@pytest.fixture
def artefact(tmp_path):
    """An artefact of three words in two dimensions."""
    vectors = KeyedVectors(2)
    vectors.add_vectors(["the", "Тверь", "New York"], np.array([[1, 0], [0, 2], [3, 4]], dtype=np.float32))
    vectors.expandos["count"] = np.array([9, 5, 1])
    store.save(tmp_path / "vectors", vectors, {"tokenizer": "words"})
    return tmp_path / "vectors"


def test_what_is_saved_is_loaded(artefact):
    vectors = embeddings.load(artefact)
    assert vectors.index_to_key == ["the", "Тверь", "New York"]
    np.testing.assert_array_equal(vectors["New York"], [3, 4])
    assert vectors.get_vecattr("Тверь", "count") == 5
    assert vectors.similarity("the", "New York") == pytest.approx(3 / 5)
    assert store.provenance(artefact) == {"tokenizer": "words"}


def test_loaded_vectors_are_memory_mapped_and_read_only(artefact):
    vectors = embeddings.load(artefact)
    assert isinstance(vectors.vectors, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        vectors.vectors[0] = 0


def test_a_pickled_array_is_refused(artefact):
    np.save(artefact / "vectors.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match=r"vectors\.npy cannot be read"):
        store.read(artefact)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("vectors.npy", "expected a whole artefact of vectors, but vectors.npy cannot be read"),
        ("vocabulary.json", "vocabulary.json:3: expected UTF-8, got byte 0xd1"),  # cut within a letter of `Тверь`
        ("counts.npy", "expected a whole artefact of vectors, but counts.npy cannot be read"),
    ],
)
def test_a_missing_or_cut_file_is_refused_in_one_line(artefact, name, message):
    content = (artefact / name).read_bytes()
    (artefact / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=message) as cut:
        store.read(artefact)
    (artefact / name).unlink()
    with pytest.raises(InputError, match=f"expected a whole artefact of vectors, but {name} is missing") as missing:
        store.read(artefact)
    assert "\n" not in f"{cut.value}{missing.value}"


def test_files_that_do_not_fit_together_are_refused(artefact):
    (artefact / "vocabulary.json").write_text(json.dumps(["the"]), encoding="utf-8")
    with pytest.raises(InputError, match="3 vectors, 1 words and 3 counts"):
        store.read(artefact)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("5", "expected array, got int; "),
        ('["the", "Тверь", 3]', r"expected str, got int at \[2\]; "),
    ],
)
def test_a_vocabulary_that_is_no_list_of_words_is_refused(artefact, content, message):
    (artefact / "vocabulary.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=rf"vocabulary\.json: {message}"):
        store.read(artefact)


def test_vectors_of_another_type_are_refused(artefact):
    np.save(artefact / "vectors.npy", np.zeros((3, 2)))
    with pytest.raises(InputError, match="holds float64"):
        store.read(artefact)


def test_a_misspelt_name_is_told_the_nearest(artefact):
    with pytest.raises(InputError, match="vektors: no such folder of word vectors; did you mean 'vectors'"):
        embeddings.load(artefact.parent / "vektors")


def test_a_failed_save_leaves_what_was_there(artefact):
    with pytest.raises(TypeError):
        store.save(artefact, KeyedVectors(2), {"not JSON": object()})
    assert embeddings.load(artefact).index_to_key == ["the", "Тверь", "New York"]
    assert [path.name for path in artefact.parent.iterdir()] == ["vectors"]
