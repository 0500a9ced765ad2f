"""Counts of what stands in train."""

from pathlib import Path

from pipelines.data.examples import Example, write_examples
from pipelines.datasets.counts import count_names


def test_names_are_counted_most_frequent_first(tmp_path: Path) -> None:
    examples = [
        Example("a", "", ("b", "a", "a"), tags=("X", "Y", "Y"), target_tokens=("c",)),
        Example("b", "", ("b", "b"), label="pos"),
    ]
    write_examples(tmp_path / "train.jsonl", examples)
    counts = count_names(tmp_path / "train.jsonl")
    assert counts == {
        "tokens": {"b": 3, "a": 2},
        "labels": {"pos": 1},
        "tags": {"Y": 2, "X": 1},
        "target_tokens": {"c": 1},
    }
    assert list(counts["tokens"]) == ["b", "a"]
    assert count_names(None) == {"tokens": {}, "labels": {}, "tags": {}, "target_tokens": {}}
