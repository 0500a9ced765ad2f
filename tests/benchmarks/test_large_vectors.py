"""The corpus that Word2Vec is measured on."""

import json
from collections import Counter

from benchmarks.speed import large_vectors
from benchmarks.speed.large_vectors import count, write_source


def test_a_base_is_repeated_with_new_rare_words(tmp_path, monkeypatch):
    monkeypatch.setattr(large_vectors, "BASE", 6)
    rows = [{"tokens": ["the", "cat", "saw"]}, {"tokens": ["the", "dog", "saw", "it"]}]
    corpus = tmp_path / "base.jsonl"
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    size = write_source(tmp_path, 14, corpus)
    lines = (tmp_path / "train.jsonl").read_text(encoding="utf-8").splitlines()
    sentences = [json.loads(line)["tokens"] for line in lines]
    assert sentences[:3] == [["the", "cat~0", "saw"], ["the", "dog~0", "saw"], ["the", "cat~1", "saw"]]
    words = [word for sentence in sentences for word in sentence]
    assert len(words) == 14
    assert size == sum(len(word) + 1 for word in words)
    found = count(str(tmp_path / "train.jsonl"), str(tmp_path / "corpus.txt"), None)
    assert found["distinct"] == len(Counter(words)) == 2 + 2 * 2 + 1  # of the third time the first sentence alone
