"""Which tag sequences are repaired, and how."""

from itertools import product
from random import Random

import numpy as np
import pytest
from seqeval.metrics.sequence_labeling import get_entities

from pipelines.data.tag_schemes import (
    TagError,
    check_iob2,
    entities,
    from_iob2,
    repaired,
    tags_of,
    to_iob2,
    transitions,
)


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


@pytest.mark.parametrize("tags", ["B-PER I-PER O B-PER B-PER I-PER", ""])
def test_valid_sequences_stay(tags):
    assert repaired(tags.split()) == tags.split()


def test_valid_iob2_is_what_no_repair_changes():
    names = ["O", *(f"{prefix}-{kind}" for prefix in "BI" for kind in ("LOC", "PER"))]
    for sequence in product(names, repeat=4):
        first = next((at for at, tag in enumerate(repaired(sequence)) if tag != sequence[at]), None)
        try:
            check_iob2(sequence)
            refused = None
        except TagError as error:
            refused = error.position
        assert refused == first, sequence


def random_iob2(random):
    """A valid sequence of up to eight tags."""
    tags = []
    for _ in range(random.randint(1, 8)):
        choices = ["O", "B-PER", "B-LOC"]
        if tags and tags[-1] != "O":
            choices += [f"I-{tags[-1][2:]}"] * 3
        tags.append(random.choice(choices))
    return tags


@pytest.mark.parametrize("scheme", ["iob2", "iobes"])
def test_tags_survive_the_way_to_a_scheme_and_back(scheme):
    random = Random(1)
    for _ in range(300):
        tags = random_iob2(random)
        assert to_iob2(from_iob2(tags, scheme), scheme) == tags


def test_iobes_marks_ends_and_single_tokens():
    tags = ["B-PER", "I-PER", "I-PER", "O", "B-LOC", "B-LOC", "I-LOC"]
    assert from_iob2(tags, "iobes") == ["B-PER", "I-PER", "E-PER", "O", "S-LOC", "B-LOC", "E-LOC"]


@pytest.mark.parametrize(("scheme", "prefixes"), [("iob2", "BI"), ("iobes", "BIES")])
def test_every_sequence_is_read_as_seqeval_reads_it(scheme, prefixes):
    names = ["O", *(f"{prefix}-{kind}" for prefix in prefixes for kind in ("LOC", "PER"))]
    for sequence in product(names, repeat=4):
        expected = [(kind, first, last + 1) for kind, first, last in get_entities(list(sequence))]
        assert entities(to_iob2(sequence, scheme)) == expected, sequence


@pytest.mark.parametrize("scheme", ["iob2", "iobes"])
def test_the_allowed_sequences_are_those_that_the_scheme_can_write(scheme):
    tags = tags_of(["B-LOC", "B-PER", "I-LOC", "I-PER", "O"], scheme)
    allowed = np.array(transitions(tags, scheme))
    for length in (1, 2, 3):
        for sequence in product(range(len(tags)), repeat=length):
            pairs = zip((-1, *sequence), (*sequence, -1), strict=True)
            names = [tags[number] for number in sequence]
            written = from_iob2(to_iob2(names, scheme), scheme) == names
            assert all(allowed[pair] for pair in pairs) == written, names


def test_iob2_keeps_the_tags_of_train_and_iobes_adds_those_of_its_entities():
    assert tags_of(["O", "B-PER"], "iob2") == ["B-PER", "O"]
    assert tags_of(["O", "B-PER"], "iobes") == ["B-PER", "E-PER", "I-PER", "O", "S-PER"]
