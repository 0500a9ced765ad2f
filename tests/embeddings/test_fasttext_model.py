"""fastText's own models: gensim reads the same vectors, of known words and of unknown ones."""

import gzip
import json
import struct

import numpy as np
import pytest
from gensim.models import FastText
from gensim.models.fasttext import load_facebook_vectors, save_facebook_model

from embeddings import store
from embeddings.fasttext_model import read_fasttext_model
from embeddings.foundation.errors import InputError
from embeddings.matrix import matrix
from embeddings.train import main
from embeddings.vector_file import detect

OWN = np.array([[1, 2], [3, 5]], "<f4")
ENTRIES = struct.pack("<3i", 2, 2, 0)  # words, and no labels
NGRAMS = np.array([[10, 20]], "<f4")  # one bucket: the row of every n-gram


def written(words=(b"</s>", b"ab"), minimum=2, maximum=2, buckets=1, **other):
    """A model of two dimensions, byte by byte as fastText writes it."""
    labels, quantized = other.get("labels", 0), other.get("quantized", False)
    settings = struct.pack(
        "<4s13id", b"\xba\x16\x4f\x2f", 12, 2, 5, 5, 1, 5, 1, 2, 2, buckets, minimum, maximum, 100, 1e-4
    )
    dictionary = struct.pack("<3i2q", len(words) + labels, len(words), labels, 99, -1)
    entries = b"".join(word + b"\0" + struct.pack("<qb", 7, 0) for word in words)
    table = np.concatenate([OWN, NGRAMS[:buckets]])
    matrices = [struct.pack("<?2q", quantized, *each.shape) + each.tobytes() for each in (table, OWN)]
    return settings + dictionary + entries + b"".join(matrices)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """What gensim trained and wrote in fastText's format."""
    path = tmp_path_factory.mktemp("model") / "model.bin"
    sentences = [["кот", "спит", "дома"], ["cat", "sleeps", "at", "home"], ["ёж", "😀", "a"]] * 5
    trained = FastText(sentences, vector_size=6, min_count=1, bucket=50, min_n=2, max_n=4, epochs=2, seed=1, workers=1)
    save_facebook_model(trained, str(path))
    return path


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Runs the stage on a model."""
    monkeypatch.chdir(tmp_path)

    def run(path, dimensions=2):
        config = {"algorithm": "file", "dimensions": dimensions, "tokenizer": "words", "path": str(path)}
        (tmp_path / "config.yaml").write_text(json.dumps(config))
        main(["--config", "config.yaml", "--output", "out", "--metrics", "metrics.json", "--cost", "cost.json"])
        return tmp_path / "out"

    return run


def test_known_and_unknown_words_have_the_vectors_that_gensim_gives_them(model, make):
    expected, folder = load_facebook_vectors(str(model)), make(model, 6)
    words = [*expected.index_to_key, "коты", "cats", "homes"]
    found, there = matrix(folder, words)
    assert store.load(folder).index_to_key == expected.index_to_key
    assert there.all()
    np.testing.assert_allclose(found, [expected[word] for word in words], rtol=1e-6, atol=1e-8)


def test_a_vector_is_the_mean_of_the_words_own_and_its_n_grams(tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(written())
    # `<ab>` has the n-grams `<a`, `ab` and `b>`; the end of a sentence has none.
    assert [each.tolist() for each in read_fasttext_model(path).vectors()] == [[1, 2], [33 / 4, 65 / 4]]


def test_a_model_without_n_grams_has_the_words_own_vectors(tmp_path, make):
    path = tmp_path / "model.bin"
    path.write_bytes(written(minimum=0, maximum=0, buckets=0))
    folder = make(path)
    assert store.load(folder).vectors.tolist() == OWN.tolist()
    assert store.subwords(folder) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (written(labels=3), "expected word vectors, got a classifier of 3 labels; train vectors"),
        (written(quantized=True), "expected a model of 32 bits, got a quantized one; use the `.bin`"),
        (written(minimum=4), "expected n-grams of 0 to 999 characters, got 4 to 2"),
        (written(buckets=1)[:-1], "expected a matrix"),
        (written() + b"more", "expected a matrix"),
        (written().replace(OWN[:1].tobytes(), struct.pack("<2f", 1, float("nan"))), "expected finite numbers"),
        (written().replace(ENTRIES, struct.pack("<3i", 2**31 - 1, 2**31 - 1, 0)), "word 10: expected 2147483647 words"),
    ],
)  # fmt: skip
def test_another_or_a_damaged_model_is_refused(content, message, tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_fasttext_model(path)


def test_a_model_cut_anywhere_is_refused(tmp_path):
    path, whole = tmp_path / "model.bin", written()
    for size in range(4, len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError, match="the file is damaged, fetch it again"):
            read_fasttext_model(path)


def test_a_compressed_model_is_to_be_unpacked(tmp_path):
    path = tmp_path / "model.bin.gz"
    path.write_bytes(gzip.compress(written()))
    with pytest.raises(InputError, match="unpack it first"):
        detect(path)
