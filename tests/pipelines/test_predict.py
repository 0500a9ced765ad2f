"""Predictions for raw text."""

from dataclasses import dataclass
from typing import Any

import pytest
from conformance_cases import DATASET, build, cell_config, task_config

from pipelines.predict import described, predict_text


@dataclass
class Run:
    task: Any
    model: Any
    dataset: dict


@pytest.fixture(scope="module")
def run(ten_entity_examples, small_vectors):
    """An untrained recogniser of entities."""
    return Run(*build(task_config("ner"), cell_config("gru", True), small_vectors, ten_entity_examples), DATASET)


def test_tags_and_entities_come_with_their_characters(run):
    text = "  Anna  saw New Tver."
    (row,) = predict_text(run, [text + "\r\n"])
    assert [text[start:end] for start, end in row["offsets"]] == list(row["source_tokens"])
    assert len(row["tags"]) == len(row["probabilities"]) == 5
    assert [entity["text"] for entity in row["entities"]] == [text[e["start"] : e["end"]] for e in row["entities"]]
    assert len(row["entities"]) == sum(tag.startswith("B-") for tag in row["tags"])


def test_an_entity_reaches_from_its_first_to_its_last_character_and_is_as_sure_as_its_weakest_tag():
    row = {"offsets": [(0, 4), (5, 8), (9, 13)], "probabilities": [0.9, 0.8, 0.6]}
    assert described(("LOC", 1, 3), "from New Tver", row) == {
        "type": "LOC", "start": 5, "end": 13, "text": "New Tver", "probability": 0.6,
    }  # fmt: skip


def test_a_long_sentence_is_tagged_whole(run):
    (row,) = predict_text(run, ["Anna " * 3000])
    assert len(row["tags"]) == 3000


def test_an_empty_line_has_a_prediction(run):
    (row,) = predict_text(run, ["\n"])
    assert len(row["tags"]) == 1
    assert row["offsets"] == [(0, 0)]
