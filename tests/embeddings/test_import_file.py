"""Vectors in: a file becomes an artefact like any other, or one line says why not."""

import hashlib
import json
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import embeddings
from embeddings import store
from embeddings.config import FileConfig, TrainedConfig
from embeddings.export import export
from embeddings.foundation.errors import InputError
from embeddings.train import main, train

GLOVE = "the 0.5 1\ncat 0 -1\nthe 9 9\ntiger 2 2\n"


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Runs the stage on a file's content and the configuration's other keys; gives the artefact's folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ELMAN_DATA", raising=False)

    def run(content, name="vectors.txt", **keys):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        config = {"algorithm": "file", "dimensions": 2, "tokenizer": "words", "path": name, **keys}
        (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
        main(["--config", "config.yaml", "--output", "out", "--metrics", "metrics.json", "--cost", "cost.json"])
        return tmp_path / "out"

    return run


def test_a_file_becomes_an_ordinary_artefact(make, tmp_path):
    vectors = embeddings.load(make(GLOVE))
    assert vectors.index_to_key == ["the", "cat", "tiger"]
    assert vectors.vectors.tolist() == [[0.5, 1], [0, -1], [2, 2]]
    assert vectors.vectors.dtype == np.float32
    assert vectors.expandos["count"].tolist() == [0, 0, 0]
    assert store.provenance(tmp_path / "out") == {
        "config": {"algorithm": "file", "dimensions": 2, "path": "vectors.txt", "tokenizer": "words"},
        "tokenizer": "words",
        "corpus": [],
        "file": {
            "sha256": hashlib.sha256(GLOVE.encode()).hexdigest(),
            "format": "glove",
            "language": None,
            "passed_over": {"repeated": 1, "not_utf8": 0},
        },
        "words": 3,
        "tokens": 0,
    }
    assert json.loads((tmp_path / "metrics.json").read_text()) == {"words": 3}
    assert json.loads((tmp_path / "cost.json").read_text())["words_per_second"] > 0


def test_the_file_is_that_which_numpy_writes(make, tmp_path):
    folder = make("".join(f"w{number} 1 {number}\n" for number in range(1_234)))
    np.save(tmp_path / "expected.npy", np.array([[1, number] for number in range(1_234)], dtype=np.float32))
    assert (folder / "vectors.npy").read_bytes() == (tmp_path / "expected.npy").read_bytes()


def test_a_file_in_english_is_scored(make, tmp_path):
    make(GLOVE, language="en")
    assert json.loads((tmp_path / "metrics.json").read_text())["wordsim353_coverage"] == pytest.approx(
        100 * 2 / 353, abs=0.01
    )


def test_only_so_many_words_are_read(make):
    words = store.read(make("4 2\na 1 1\na 1 2\nb 1 3\nc 1 4", maximum_words=2)).words
    assert words == ["a", "b"]


def test_a_checksum_is_verified_before_anything_is_written(make, tmp_path, capsys):
    right = hashlib.sha256(GLOVE.encode()).hexdigest()
    make(GLOVE, sha256=right)
    with pytest.raises(SystemExit):
        make(GLOVE.replace("cat", "dog"), sha256=right)
    assert f"expected sha256 {right}, got" in capsys.readouterr().err
    assert store.read(tmp_path / "out").words[1] == "cat"


def test_a_path_is_looked_for_in_the_data_and_then_here(make, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/vectors.txt").write_text("there 1 2\n")
    assert store.read(make("here 1 2\n")).words == ["here"]
    monkeypatch.setenv("ELMAN_DATA", str(tmp_path / "data"))
    assert store.read(make("here 1 2\n")).words == ["there"]
    assert store.read(make("here 1 2\n", name="other.txt")).words == ["here"]


@pytest.mark.parametrize(
    ("root", "told"), [(None, "got none here; set ELMAN_DATA"), ("x", "got none below ELMAN_DATA (x) nor here")]
)
def test_a_missing_file_is_told_with_the_places(make, monkeypatch, capsys, root, told):
    if root:
        monkeypatch.setenv("ELMAN_DATA", root)
    with pytest.raises(SystemExit):
        make(GLOVE, path="nowhere.txt")
    assert "error: nowhere.txt: expected a file of vectors" in (message := capsys.readouterr().err)
    assert told in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("the 1 2 3\n", "vectors.txt:1: expected vectors of 2 dimensions, got 3; set `dimensions: 3`"),
        ("1 300\nthe 1 2 3\n", "vectors.txt:1: expected vectors of 2 dimensions, got 300; set `dimensions: 300`"),
        ("the 1 2\ncat 1\n", "vectors.txt:2: expected a word and 2 numbers"),
        ("0 2\n", "vectors.txt: expected word vectors, got none"),
        (
            b"\xe9t\xe9 1 2\n\xe0 1 2\nle 1 2\n",
            "vectors.txt:1: expected words in UTF-8, got other bytes in 2 of 3 words",
        ),
    ],
)
def test_a_refused_file_leaves_what_was_there(make, tmp_path, capsys, content, message):
    make("before 1 2\n")
    with pytest.raises(SystemExit) as stopped:
        make(content)
    assert stopped.value.code == 2
    *_, before_run, told = capsys.readouterr().err.splitlines()
    assert message in told
    assert "error" not in before_run
    assert store.read(tmp_path / "out").words == ["before"]
    assert not list(tmp_path.glob(".out*"))


def test_words_passed_over_are_counted_in_a_warning_each(make, capsys):
    words = store.read(make(b"a 1 2\n\xd0 1 2\na 3 4\nb 1 2\nb 1 2\n")).words
    assert words == ["a", "b"]
    warnings = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning")]
    assert warnings == [
        "warning: vectors.txt:2: the first of 1 words that are not UTF-8; they are skipped",
        "warning: vectors.txt:3: the first of 2 repeated words; each keeps its first vector",
    ]


@pytest.mark.parametrize("form", ["word2vec_text", "word2vec_binary"])
def test_what_is_exported_comes_back_equal(make, tmp_path, write_split, animals_and_vehicles, form):
    corpus = write_split(animals_and_vehicles)
    trained = train(TrainedConfig(algorithm="cbow", dimensions=5, seed=1, corpus=(corpus,), minimum_count=1)).vectors
    export(trained, tmp_path / "exported", form)
    artefact = store.read(make((tmp_path / "exported").read_bytes(), dimensions=5))
    assert artefact.words == trained.index_to_key
    np.testing.assert_array_equal(artefact.vectors, trained.vectors)


def test_a_file_is_not_trained():
    with pytest.raises(InputError, match="trains nothing"):
        train(FileConfig(dimensions=2, path="vectors.txt", tokenizer="words"))


@pytest.mark.slow
@pytest.mark.parametrize("binary", [False, True])
def test_two_gigabytes_pass_through_less_than_one_of_memory(tmp_path, binary):
    dimensions, number = 300, 0
    draw = np.random.default_rng(1).normal(0, 0.1, (1_000, dimensions)).astype(np.float32)
    texts = [" ".join(f"{value:.5f}" for value in row).encode() + b"\n" for row in draw]
    total = 2_000_000_000 // (4 * dimensions + 9 if binary else len(texts[0]) + 9)
    with open(tmp_path / "vectors", "wb") as file:
        file.write(b"%d %d\n" % (total, dimensions))
        for number in range(total):
            row = number % 1_000
            file.write(b"w%07d " % number + (draw[row].tobytes() if binary else texts[row]))
    assert (tmp_path / "vectors").stat().st_size > 1.9e9
    config = {"algorithm": "file", "dimensions": dimensions, "tokenizer": "words", "path": str(tmp_path / "vectors")}
    (tmp_path / "config.yaml").write_text(json.dumps(config))
    files = {"output": "out", "metrics": "metrics.json", "cost": "cost.json"}
    options = [option for key, name in files.items() for option in (f"--{key}", str(tmp_path / name))]
    subprocess.run(
        [sys.executable, "-m", "embeddings.train", "--config", str(tmp_path / "config.yaml"), *options],
        check=True,
        cwd=Path(__file__).parents[2],
    )
    cost = json.loads((tmp_path / "cost.json").read_text())
    print(cost)
    assert cost["peak_memory_megabytes"] < 1_000
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < 1e9
    artefact = store.read(tmp_path / "out")
    assert artefact.vectors.shape == (total, dimensions)
    assert artefact.words[-1] == f"w{number:07d}"
    np.testing.assert_allclose(artefact.vectors[-1], draw[number % 1_000], atol=6e-6)
