"""Vectors of two artefacts side by side."""

import json

import numpy as np
import pytest
from gensim.models import KeyedVectors

from embeddings import store, train
from embeddings.config import JoinedConfig, VectorsConfig
from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from embeddings.foundation.subwords import Subwords
from embeddings.joined import join
from embeddings.matrix import coverage, matrix


def write(folder, vectors, tokenizer="words", subwords=None, language="en"):
    """An artefact of words with vectors, which occur as often as they have letters."""
    found = KeyedVectors(len(next(iter(vectors.values()), [0])))
    if vectors:
        found.add_vectors(list(vectors), np.array(list(vectors.values()), "float32"))
        found.expandos["count"] = np.array([len(word) for word in vectors])
    if subwords is not None:
        found.subwords = subwords
    corpus = [{"file": "a.txt", "language": language}]
    store.save(folder, found, {"config": {}, "tokenizer": tokenizer, "corpus": corpus})
    return str(folder)


@pytest.fixture
def parts(tmp_path):
    """Vectors of two dimensions, and of one."""
    first = write(tmp_path / "first", {"the": [1, 2], "Oslo": [3, 4]})
    return first, write(tmp_path / "second", {"sees": [5], "the": [6], "oslo": [7]})


def joined(parts, dimensions=3):
    return join(JoinedConfig(dimensions=dimensions, first=parts[0], second=parts[1]))


def test_a_word_has_the_vectors_of_both(parts):
    vectors, provenance = joined(parts)
    assert vectors.index_to_key == ["the", "Oslo", "sees", "oslo"]
    np.testing.assert_array_equal(vectors.vectors, [[1, 2, 6], [3, 4, 7], [0, 0, 5], [0, 0, 7]])
    assert vectors.expandos["count"].tolist() == [6, 4, 4, 4]
    assert [part["covered"] for part in provenance["parts"]] == [50.0, 100.0]
    assert [part["words"] for part in provenance["parts"]] == [2, 3]
    assert provenance["tokenizer"] == "words"
    assert vectors.subwords is None


def test_coverage_is_that_of_all_and_of_each_part(parts):
    vectors, provenance = joined(parts)
    vectors.parts = provenance["parts"]
    first, second = parts
    assert coverage(vectors, {"the": 3, "sees": 4, "new": 3}) == {
        "words": 66.67, "tokens": 70.0,
        "parts": {first: {"words": 33.33, "tokens": 30.0}, second: {"words": 66.67, "tokens": 70.0}},
    }  # fmt: skip


@pytest.mark.parametrize("place", [0, 1])
def test_n_grams_of_one_part_compose_its_columns(parts, place, tmp_path):
    subwords = Subwords(np.random.default_rng(1).normal(size=(50, 2)).astype("float32"), 2, 4)
    other = write(tmp_path / "fasttext", {"the": [1, 2], "Oslo": [3, 4]}, subwords=subwords)
    vectors, provenance = joined((other, parts[1]) if place == 0 else (parts[1], other))
    columns = slice(0, 2) if place == 0 else slice(1, 3)
    values, found = matrix(vectors, ["unseen", "sees"])
    assert found.all()
    np.testing.assert_allclose(values[:, columns], subwords.matrix(["unseen", "sees"]))
    assert values[:, 2 if place == 0 else 0].tolist() == [0, 5]
    assert provenance["parts"][place]["covered"] == 100


def test_the_stage_writes_an_artefact_with_the_parts_in_its_provenance(parts, tmp_path):
    values = {"algorithm": "joined", "dimensions": 3, "first": parts[0], "second": parts[1]}
    (tmp_path / "v.yaml").write_text(json.dumps(values), encoding="utf-8")
    paths = {name: str(tmp_path / name) for name in ("output", "metrics", "cost")}
    train.main(["--config", str(tmp_path / "v.yaml"), *(text for key in paths for text in (f"--{key}", paths[key]))])
    assert store.load(paths["output"]).vectors.shape == (4, 3)
    assert [part["folder"] for part in store.provenance(paths["output"])["parts"]] == list(parts)
    metrics = json.loads((tmp_path / "metrics").read_text(encoding="utf-8"))
    assert metrics["words"] == 4
    assert len(metrics) > 1  # both are English


def test_vectors_of_which_one_is_not_english_are_not_scored_in_english(parts, tmp_path):
    other = write(tmp_path / "ru", {"и": [1.0]}, language="ru")
    _, provenance = joined((parts[0], other))
    assert not train._is_english(provenance)
    assert train._is_english(joined(parts)[1])


def test_parts_that_do_not_fit_are_refused_in_one_line(parts, tmp_path):
    first, _ = parts
    with pytest.raises(InputError, match=r"expected dimensions 2 \+ 1 = 3, got 4"):
        joined(parts, 4)
    lower = write(tmp_path / "lower", {"the": [1.0]}, tokenizer="words_lowercase")
    with pytest.raises(InputError, match=r"lower: expected vectors of words from tokenizer 'words', as .*got 'words_l"):
        joined((first, lower))
    with pytest.raises(InputError, match=r"none: expected vectors of words, got none; join others"):
        joined((first, write(tmp_path / "none", {})))
    subwords = [Subwords(np.ones((5, width), "float32"), 2, 4) for width in (2, 1)]
    both = [
        write(tmp_path / "one", {"the": [1, 2]}, subwords=subwords[0]),
        write(tmp_path / "two", {"the": [1.0]}, subwords=subwords[1]),
    ]
    with pytest.raises(InputError, match=r"two: expected vectors without n-grams, as .*one has some, got FastText's"):
        joined(both)
    with pytest.raises(InputError, match="expected two different folders, got 'v' twice"):
        build_config(VectorsConfig, {"algorithm": "joined", "dimensions": 2, "first": "v", "second": "v"}, "v.yaml")
    with pytest.raises(InputError, match="no such folder of word vectors"):
        joined((first, str(tmp_path / "nowhere")))
