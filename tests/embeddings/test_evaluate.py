from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from gensim.test.utils import datapath

from embeddings.evaluate import analogies, evaluate, similarity


def keyed_vectors(words):
    vectors = KeyedVectors(len(next(iter(words.values()))))
    vectors.add_vectors(list(words), np.array(list(words.values()), dtype=np.float32))
    return vectors


def test_similarity_is_the_correlation_of_ranks_over_covered_pairs(tmp_path):
    # cosines: cat-dog 0.8, cat-car 0, dog-car 0.6; human ranks differ in the last two: rho = 1 - 6*2/(3*8) = 0.5
    vectors = keyed_vectors({"cat": (1, 0), "dog": (0.8, 0.6), "car": (0, 1)})
    (tmp_path / "pairs.tsv").write_text("# a comment\ncat\tdog\t9\ncat\tcar\t5\ndog\tcar\t2\ncat\tunknown\t1\n")
    assert similarity(vectors, "pairs", tmp_path / "pairs.tsv") == {"pairs": 50.0, "pairs_coverage": 75.0}


def test_the_most_frequent_case_of_a_word_counts(tmp_path):
    (tmp_path / "pairs.tsv").write_text("may\tJune\t9\nmay\tcan\t1\n")
    month, verb = {"May": (1, 0)}, {"may": (0, 1)}
    others = {"june": (1, 0.1), "can": (0.1, 1)}
    assert similarity(keyed_vectors(month | verb | others), "pairs", tmp_path / "pairs.tsv")["pairs"] == 100.0
    assert similarity(keyed_vectors(verb | month | others), "pairs", tmp_path / "pairs.tsv")["pairs"] == -100.0


@pytest.mark.parametrize("name", ["wordsim353.tsv", "simlex999.txt"])
def test_similarity_agrees_with_gensim(name):
    lines = Path(datapath(name)).read_text(encoding="utf-8").split("\n")
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    words = sorted({word for pair in pairs[::2] for word in pair[:2]})
    draw = np.random.default_rng(1)
    vectors = keyed_vectors({word: draw.normal(size=8) for word in words})
    _, spearman, missing = vectors.evaluate_word_pairs(datapath(name))
    ours = similarity(vectors, "score", datapath(name))
    assert ours["score"] == pytest.approx(100 * np.asarray(spearman)[0], abs=0.005)
    assert ours["score_coverage"] == pytest.approx(100 - missing, abs=0.005)


def test_an_analogy_is_answered_by_the_nearest_other_word(tmp_path):
    vectors = keyed_vectors({"man": (0, 1), "woman": (1, 0), "king": (3, 4), "queen": (4, 3), "stone": (-1, 0)})
    questions = [": family", "Man Woman King Queen", "man woman king stone", "man woman king unknown", ""]
    (tmp_path / "questions.txt").write_text("\n".join(questions))
    scores = analogies(vectors, "analogies", tmp_path / "questions.txt")
    assert scores == {"analogies": 50.0, "analogies_coverage": 66.67}


def test_analogies_are_asked_among_the_most_frequent_words_as_gensim_asks(monkeypatch):
    lines = Path(datapath("questions-words.txt")).read_text(encoding="utf-8").split("\n")[:200]
    words = sorted({word for line in lines if line[:1] not in ("", ":") for word in line.split()})
    vectors = keyed_vectors(dict(zip(words, np.random.default_rng(1).normal(size=(len(words), 4)), strict=True)))
    monkeypatch.setattr("embeddings.evaluate.ANALOGY_WORDS", 60)
    share, _ = vectors.evaluate_word_analogies(datapath("questions-words.txt"), restrict_vocab=60)
    scores = analogies(vectors, "analogies", datapath("questions-words.txt"))
    assert scores["analogies"] == pytest.approx(100 * share, abs=0.005)
    assert scores["analogies"] > 0
    assert 0 < scores["analogies_coverage"] < 5


def test_vectors_without_words_have_coverage_nought_and_no_score():
    assert evaluate(KeyedVectors(64)) == {
        "wordsim353_coverage": 0.0,
        "simlex999_coverage": 0.0,
        "analogies_coverage": 0.0,
    }


def test_one_covered_pair_has_no_correlation(tmp_path):
    (tmp_path / "pairs.tsv").write_text("a\tb\t1\na\tc\t2\n")
    vectors = keyed_vectors({"a": (1, 0), "b": (0, 1)})
    assert similarity(vectors, "pairs", tmp_path / "pairs.tsv") == {"pairs_coverage": 50.0}


def test_pairs_with_a_zero_vector_are_not_covered(tmp_path):
    (tmp_path / "pairs.tsv").write_text("cat\tdog\t9\ncat\tcar\t5\ndog\tcar\t2\ncat\tnought\t1\nnought\tcar\t9\n")
    vectors = keyed_vectors({"nought": (0, 0), "cat": (1, 0), "dog": (0.8, 0.6), "car": (0, 1)})
    assert similarity(vectors, "pairs", tmp_path / "pairs.tsv") == {"pairs": 50.0, "pairs_coverage": 60.0}


def test_analogies_are_neither_asked_nor_answered_by_a_zero_vector(tmp_path):
    words = {"nought": (0, 0), "man": (0, 1), "woman": (1, 0), "king": (3, 4), "queen": (4, 3), "stone": (-1, 0)}
    questions = [": family", "man woman king queen", "man woman nought queen", "man woman king nought", ""]
    (tmp_path / "questions.txt").write_text("\n".join(questions))
    scores = analogies(keyed_vectors(words), "analogies", tmp_path / "questions.txt")
    assert scores == {"analogies": 100.0, "analogies_coverage": 33.33}


@pytest.mark.filterwarnings("error")
def test_equal_cosines_have_no_correlation(tmp_path):
    (tmp_path / "pairs.tsv").write_text("a\tb\t1\na\tc\t2\nb\tc\t3\n")
    vectors = keyed_vectors({"a": (1, 0), "b": (1, 0), "c": (1, 0)})
    assert similarity(vectors, "pairs", tmp_path / "pairs.tsv") == {"pairs_coverage": 100.0}
