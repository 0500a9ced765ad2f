"""Kinds of errors in entities, by hand."""

import pytest

from pipelines.data.examples import Example
from pipelines.evaluation.entity_errors import KINDS, entity_errors, of_sentence


@pytest.mark.parametrize(
    ("actual", "predicted", "kinds"),
    [
        ("B-LOC I-LOC O", "B-LOC I-LOC O", {"correct": 1}),
        ("B-LOC I-LOC O", "B-ORG I-ORG O", {"wrong type": 1}),
        ("B-LOC I-LOC O", "B-LOC O O", {"wrong boundaries": 1}),
        ("B-LOC I-LOC O", "O B-ORG I-ORG", {"wrong type and boundaries": 1}),
        ("B-LOC O O", "O O O", {"missed": 1}),
        ("O O O", "O O B-LOC", {"spurious": 1}),
        ("B-LOC O O", "O O B-LOC", {"missed": 1, "spurious": 1}),
        ("B-LOC I-LOC I-LOC", "B-LOC B-LOC I-LOC", {"wrong boundaries": 1, "spurious": 1}),
        ("B-LOC B-PER O", "B-PER B-PER O", {"wrong type": 1, "correct": 1}),
        ("B-LOC I-LOC B-PER", "B-PER I-PER I-PER", {"wrong boundaries": 1, "missed": 1}),  # of the same type first
    ],
)
def test_an_entity_is_paired_with_one_that_overlaps_it(actual, predicted, kinds):
    assert of_sentence(actual.split(), predicted.split()) == kinds


def test_every_entity_of_the_references_is_of_one_kind():
    references = [Example("1", "", ("a", "b"), tags=("B-X", "O")), Example("2", "", ("a", "b"), tags=("B-X", "B-Y"))]
    found = entity_errors(references, [{"tags": ["B-Y", "O"]}, {"tags": ["B-X", "O"]}])
    assert [*found] == [*KINDS]
    assert found == {**dict.fromkeys(KINDS, 0), "wrong type": 1, "correct": 1, "missed": 1}
