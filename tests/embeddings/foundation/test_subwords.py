"""Vectors of n-grams: gensim's own rules, and files without pickle."""

from dataclasses import replace

import numpy as np
import pytest
from gensim.models.fasttext import FastTextKeyedVectors, ft_ngram_hashes

from embeddings import store
from embeddings.config import FastTextConfig, VectorsConfig
from embeddings.cosines import directions
from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from embeddings.foundation.subwords import LENGTHS, TABLE, Subwords
from embeddings.matrix import matrix
from embeddings.train import train

WORDS = ["", "a", "ab", "word", "Unglaublichkeit", "собака", "ёж", "naïve", "日本", "👍", "a b", "<unk>", "x" * 50]


@pytest.fixture
def config(write_split, animals_and_vehicles):
    corpus = write_split(animals_and_vehicles)
    return FastTextConfig(
        algorithm="fasttext_skip_gram", dimensions=16, seed=1, corpus=(corpus,), window=2, minimum_count=1,
        subsampling=0.0, epochs=5, buckets=500,
    )  # fmt: skip


@pytest.mark.parametrize(("least", "most"), [(3, 6), (1, 2), (2, 2), (5, 9)])
@pytest.mark.parametrize("word", WORDS)
def test_a_word_has_the_rows_that_gensim_gives_it(word, least, most):
    subwords = Subwords(np.zeros((1000, 2), "float32"), least, most)
    assert [subwords._bucket(ngram) for ngram in subwords.ngrams(word)] == ft_ngram_hashes(word, least, most, 1000)


def test_an_unknown_word_has_the_vector_that_gensim_gives_it():
    gensim = FastTextKeyedVectors(8, min_n=3, max_n=6, bucket=300)
    gensim.vectors_ngrams = np.random.default_rng(1).normal(size=(300, 8)).astype("float32")
    found = Subwords(gensim.vectors_ngrams, 3, 6).matrix(WORDS)
    for word, vector in zip(WORDS, found, strict=True):
        np.testing.assert_allclose(vector, gensim.get_vector(word), atol=1e-6, err_msg=word)


@pytest.mark.parametrize("algorithm", ["fasttext_cbow", "fasttext_skip_gram"])
def test_words_that_look_alike_are_alike_though_one_is_unknown(config, algorithm, tmp_path):
    trained = train(replace(config, algorithm=algorithm, epochs=30))
    store.save(tmp_path / "v", trained.vectors, trained.provenance)
    vectors, found = matrix(tmp_path / "v", ["smells", "smellss", "bridge"])
    assert found.all()
    assert "smellss" not in store.read(tmp_path / "v").words
    known, unknown, other = directions(vectors)
    assert known @ unknown > known @ other + 0.3


def test_an_artefact_keeps_the_n_grams_without_pickle_and_twice_the_same(config, tmp_path):
    for name in ("one", "two"):
        trained = train(config)
        store.save(tmp_path / name, trained.vectors, trained.provenance)
    assert (tmp_path / "one" / TABLE).read_bytes() == (tmp_path / "two" / TABLE).read_bytes()
    assert (tmp_path / "one" / "vectors.npy").read_bytes() == (tmp_path / "two" / "vectors.npy").read_bytes()
    loaded = store.load(tmp_path / "one")
    assert loaded.subwords.table.shape == (500, 16)
    assert (loaded.subwords.minimum_characters, loaded.subwords.maximum_characters) == (3, 6)
    assert store.provenance(tmp_path / "one")["config"]["buckets"] == 500
    values, found = matrix(loaded, ["catt", "cat"])
    assert found.all()
    np.testing.assert_array_equal(values[1], loaded.get_vector("cat"))
    np.testing.assert_array_equal(values, matrix(tmp_path / "one", ["catt", "cat"])[0])


def test_other_vectors_have_no_n_grams(small_vectors, tmp_path):
    store.save(tmp_path / "v", small_vectors, {})
    assert store.load(tmp_path / "v").subwords is None


@pytest.mark.parametrize("key", ["minimum_characters", "maximum_characters", "buckets"])
def test_every_key_of_fasttext_changes_the_vectors(config, key):
    changed = {"minimum_characters": 2, "maximum_characters": 4, "buckets": 50}[key]
    vectors = [train(each).vectors.vectors for each in (config, replace(config, **{key: changed}))]
    assert not np.allclose(*vectors, atol=1e-4)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"minimum_characters": 0}, "expected minimum_characters of at least 1, got 0"),
        ({"maximum_characters": 2}, "expected maximum_characters of at least minimum_characters, 3, got 2"),
        ({"buckets": 0}, "expected buckets of at least 1, got 0"),
        ({"continue_from": "vectors/x"}, "FastText's training is not continued"),
        (
            {"algorithm": "skip_gram", "buckets": 10},
            "the key 'buckets' belongs to algorithm fasttext_cbow",
        ),
    ],
)
def test_wrong_keys_are_refused(keys, told):
    values = {"algorithm": "fasttext_cbow", "dimensions": 4, "seed": 1, "corpus": ["a/train.jsonl"], **keys}
    with pytest.raises(InputError, match=told):
        build_config(VectorsConfig, values, "v.yaml")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda folder: (folder / TABLE).unlink(), r"subwords\.npy.* expected (a NumPy file|vectors of n-grams)"),
        (lambda folder: (folder / LENGTHS).unlink(), r"subwords\.json"),
        (
            lambda folder: (folder / TABLE).write_bytes(b"x"),
            r"subwords\.npy.* expected (a NumPy file|vectors of n-grams)",
        ),
        (lambda folder: np.save(folder / TABLE, np.zeros(3)), r"expected float32 \(n-grams, dimensions\)"),
        (
            lambda folder: np.save(folder / TABLE, np.zeros((3, 5), "float32")),
            "n-grams have 5 dimensions, and words 6",
        ),
        (
            lambda folder: np.save(folder / TABLE, np.array([[{}]], dtype=object), allow_pickle=True),
            "got objects, which would be unpickled",
        ),
        (
            lambda folder: (folder / LENGTHS).write_text('{"minimum_characters": 4, "maximum_characters": 3}'),
            "expected two numbers of characters, got 4 and 3",
        ),
    ],
)
def test_damaged_n_grams_are_refused_in_one_line(change, told, small_vectors, tmp_path):
    small_vectors.subwords = Subwords(np.ones((9, 6), "float32"), 3, 6)
    try:
        store.save(tmp_path / "v", small_vectors, {})
    finally:
        del small_vectors.subwords
    change(tmp_path / "v")
    with pytest.raises(InputError, match=told):
        store.load(tmp_path / "v")
