"""Prepared splits of a few sentences, as the stage `prepare` writes them."""

import json
import random

import pytest


@pytest.fixture
def write_split(tmp_path):
    """Writes `<dataset>/<split>.jsonl` with its `dataset.json`; gives the path of the split."""

    def write(sentences, dataset="news", split="train", field="tokens", tokenizer="words", language="en"):
        folder = tmp_path / dataset
        folder.mkdir(exist_ok=True)
        rows = [json.dumps({"id": f"{split}-{number}", field: words}) for number, words in enumerate(sentences)]
        (folder / f"{split}.jsonl").write_text("".join(row + "\n" for row in rows), encoding="utf-8")
        languages = {"language": language, "target_language": "ru"}
        dataset = json.dumps({"tokenizers": {field: tokenizer}, **languages})
        (folder / "dataset.json").write_text(dataset, encoding="utf-8")
        return str(folder / f"{split}.jsonl")

    return write


@pytest.fixture
def animals_and_vehicles():
    """Sentences in which cat and dog are used alike, car and bus alike, and neither pair like the other."""
    draw = random.Random(1)
    patterns = [
        (("the", "a"), ("cat", "dog"), ("eats", "smells", "wants"), ("fish", "meat", "milk")),
        (("the", "a"), ("car", "bus"), ("leaves", "passes", "blocks"), ("town", "road", "bridge")),
    ]
    return [[draw.choice(words) for words in patterns[number % 2]] for number in range(1_000)]
