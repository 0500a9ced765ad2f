"""Which tag sequences are repaired, and how."""

import pytest

from pipelines.data.tag_schemes import repaired


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("I-PER I-PER O", "B-PER I-PER O"),
        ("O I-LOC", "O B-LOC"),
        ("B-PER I-LOC I-LOC", "B-PER B-LOC I-LOC"),
        ("I-PER B-PER I-PER", "B-PER B-PER I-PER"),
        ("B-A-B I-A-B I-B", "B-A-B I-A-B B-B"),
    ],
)
def test_an_inside_tag_that_continues_nothing_begins_an_entity(tags, expected):
    assert repaired(tags.split()) == expected.split()


@pytest.mark.parametrize("tags", ["B-PER I-PER O B-PER B-PER I-PER", "NOUN PART INTJ", ""])
def test_valid_sequences_and_parts_of_speech_stay(tags):
    assert repaired(tags.split()) == tags.split()
