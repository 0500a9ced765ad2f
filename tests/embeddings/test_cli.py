"""The command `elman vectors`: what it asks and writes."""

import json

import numpy as np
import pytest
from gensim.models import KeyedVectors

from embeddings import cli, store

WORDS = {"king": (3, 4), "queen": (4, 3), "man": (0, 1), "woman": (1, 0), "stone": (-1, 0), "nought": (0, 0)}


@pytest.fixture
def folder(tmp_path):
    """Five words as an artefact."""
    vectors = KeyedVectors(2)
    vectors.add_vectors(list(WORDS), np.array(list(WORDS.values()), dtype=np.float32))
    vectors.expandos["count"] = np.array([9, 8, 7, 6, 5, 4])
    store.save(tmp_path / "vectors", vectors, {})
    return tmp_path / "vectors"


def test_neighbours_come_with_their_cosines(folder, capsys):
    cli.main(["neighbours", str(folder), "king", "--count", "2"])
    assert capsys.readouterr() == ("0.9600  queen\n0.8000  man\n", "")


def test_an_analogy_is_answered(folder, capsys):
    cli.main(["analogy", str(folder), "man", "woman", "king", "--count", "1"])
    assert capsys.readouterr().out.split()[1] == "queen"


def test_the_similarity_of_two_words_is_their_cosine(folder, capsys):
    cli.main(["similarity", str(folder), "King", "queen"])
    assert capsys.readouterr().out == "0.9600\n"


def test_evaluation_is_json(folder, capsys):
    cli.main(["evaluate", str(folder)])
    assert json.loads(capsys.readouterr().out)["wordsim353_coverage"] >= 0


@pytest.mark.parametrize("form", ["word2vec_text", "word2vec_binary"])
def test_what_is_exported_gensim_reads_again(folder, tmp_path, form):
    cli.main(["export", str(folder), str(tmp_path / "out/vectors.w2v"), "--format", form])
    loaded = KeyedVectors.load_word2vec_format(str(tmp_path / "out/vectors.w2v"), binary=form.endswith("binary"))
    assert loaded.index_to_key == list(WORDS)
    np.testing.assert_allclose(loaded.vectors, list(WORDS.values()))


def test_the_projector_gets_a_line_a_word_in_both_files(folder, tmp_path):
    cli.main(["export", str(folder), str(tmp_path / "projector"), "--format", "projector"])
    assert (tmp_path / "projector/vectors.tsv").read_text().splitlines()[:2] == ["3\t4", "4\t3"]
    assert (tmp_path / "projector/metadata.tsv").read_text().splitlines()[:2] == ["word\tcount", "king\t9"]


def test_an_export_replaces_an_export_and_nothing_else(folder, tmp_path, capsys):
    for _ in range(2):
        cli.main(["export", str(folder), str(tmp_path / "projector"), "--format", "projector"])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years")
    for output, form in (("mine", "projector"), ("vectors", "projector"), ("mine", "word2vec_text")):
        with pytest.raises(SystemExit):
            cli.main(["export", str(folder), str(tmp_path / output), "--format", form])
        assert "something else is there already" in capsys.readouterr().err
    assert (tmp_path / "mine/thesis.txt").read_text() == "years"
    assert store.read(folder).words == list(WORDS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["neighbours", "FOLDER", "Duke"], "no vector for 'Duke'"),
        (["similarity", "nowhere", "a", "b"], "nowhere: no such"),
        (["neighbours", "FOLDER", "king", "--count", "-1"], "--count: expected a whole number of at least 1, got '-1'"),
        (["neighbours", "FOLDER", "king", "--count", "0"], "--count: expected a whole number of at least 1, got '0'"),
        (["analogy", "FOLDER", "man", "woman", "king", "--count", "a"], "of at least 1, got 'a'"),
        (["neighbours", "FOLDER", "nought"], "the vector of 'nought' is zero: it has no direction"),
        (["similarity", "FOLDER", "king", "nought"], "the vector of 'nought' is zero: it has no direction"),
    ],
)
def test_wrong_input_is_told_in_one_line(folder, capsys, arguments, message):
    with pytest.raises(SystemExit) as error:
        cli.main([str(folder) if argument == "FOLDER" else argument for argument in arguments])
    assert error.value.code == 2
    assert message in capsys.readouterr().err
