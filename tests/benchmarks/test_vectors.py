"""The comparison of Word2Vec's engines."""

import json

import pytest

from benchmarks.speed.vectors import difference, main, trained
from embeddings.config import TrainedConfig


@pytest.fixture
def config(tmp_path):
    (tmp_path / "dataset.json").write_text(json.dumps({"tokenizers": {"tokens": "words"}, "language": "en"}))
    row = json.dumps({"tokens": ["money", "bank", "cash", "tiger", "cat"]}) + "\n"
    (tmp_path / "train.jsonl").write_text(row * 200)
    return TrainedConfig(
        algorithm="skip_gram", dimensions=4, seed=1, corpus=(str(tmp_path / "train.jsonl"),), minimum_count=1, epochs=2
    )


@pytest.mark.parametrize("engine", ["gensim", "iterable", "batched"])
def test_every_engine_gives_vectors_and_their_rate(config, engine):
    vectors, words_per_second = trained(config, engine, None)
    assert sorted(vectors.index_to_key) == ["bank", "cash", "cat", "money", "tiger"]
    assert words_per_second > 0


def test_a_row_for_each_training(config, tmp_path, capsys):
    (tmp_path / "config.json").write_text(json.dumps({**config.described(), "corpus": list(config.corpus)}))
    given = ["--config", tmp_path / "config.json", "--words", 500, "--workers", 1, "--seeds", 2]
    main([*map(str, given)])
    lines = capsys.readouterr().out.splitlines()
    rows = [json.loads(line) for line in lines if line.startswith("{")]
    assert [(row["engine"], row["seed"]) for row in rows] == [
        ("gensim", 1),
        ("gensim", 2),
        ("batched", 1),
        ("batched", 2),
    ]
    assert rows[0]["shared_neighbours"] == 40  # of ten, each of five words has four
    assert any(line.startswith("batched - gensim, wordsim353: ") for line in lines)


def test_interval_of_a_difference():
    """Differences of 2 and 4: 3, and Student's t of one degree of freedom, 12.706, times their standard error, 1."""
    rows = [{"engine": engine, "score": score} for engine, score in (("a", 3), ("b", 1), ("a", 5), ("b", 1))]
    assert difference(rows, "a", "b", "score") == "+3.00 [-9.71, +15.71]"
