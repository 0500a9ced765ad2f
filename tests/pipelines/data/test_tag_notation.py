"""Tags of every scheme and form, against what is worked out by hand and what seqeval reads."""

from itertools import product

import pytest
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, Entities

from pipelines.data.tag_notation import SCHEMES, Scheme, TagForm, TagNotation
from pipelines.data.tag_schemes import TagError, entities, to_iob2


def in_iob2(tags: str, scheme: Scheme, form: TagForm = "B-X") -> str:
    notation = TagNotation(scheme, form)
    return " ".join(to_iob2(notation.read(tags.split()), notation.read_as))


@pytest.mark.parametrize(
    ("scheme", "form", "tags", "expected"),
    [
        ("bilou", "B-X", "B-PER I-PER L-PER O U-LOC U-LOC", "B-PER I-PER I-PER O B-LOC B-LOC"),
        ("bmes", "B-X", "B-PER M-PER E-PER O S-LOC", "B-PER I-PER I-PER O B-LOC"),
        ("bmewo", "B-X", "W-LOC B-PER M-PER M-PER E-PER O", "B-LOC B-PER I-PER I-PER I-PER O"),
        ("iobes", "B-X", "S-LOC S-LOC B-PER E-PER", "B-LOC B-LOC B-PER I-PER"),
        ("iob1", "B-X", "I-PER I-PER B-PER O I-LOC", "B-PER I-PER B-PER O B-LOC"),
        ("io", "B-X", "I-PER I-PER I-LOC O I-LOC", "B-PER I-PER B-LOC O B-LOC"),
        ("io", "X", "PER PER LOC O LOC", "B-PER I-PER B-LOC O B-LOC"),
        ("iob2", "X-B", "PER-B PER-I O LOC-B", "B-PER I-PER O B-LOC"),
        ("iob2", "B_X", "B_PER I_PER O B_LOC", "B-PER I-PER O B-LOC"),
        ("bilou", "X_B", "PER_B PER_L O LOC_U", "B-PER I-PER O B-LOC"),
        ("bmes", "B", "B M E S O S", "B-SPAN I-SPAN I-SPAN B-SPAN O B-SPAN"),  # as Chinese words are marked
        ("iob2", "B", "B I O B", "B-SPAN I-SPAN O B-SPAN"),
        ("iob2", "B-X", "b-per i-per o b-LOC", "B-per I-per O B-LOC"),  # types keep their case
        ("bilou", "X-B", "per-u o per-b per-l", "B-per O B-per I-per"),
        ("iob2", "B-X", "B-date-time I-date-time", "B-date-time I-date-time"),
        ("iob2", "X-B", "date-time-B date-time-I", "B-date-time I-date-time"),
        ("iob2", "B_X", "B_date_time I_date_time", "B-date_time I-date_time"),
    ],
)
def test_tags_are_read_as_worked_out_by_hand(scheme: Scheme, form: TagForm, tags: str, expected: str) -> None:
    assert in_iob2(tags, scheme, form) == expected


REFERENCES = {"iob1": IOB1, "iob2": IOB2, "iobes": IOBES, "bilou": BILOU}


@pytest.mark.parametrize("scheme", ["iob1", "iob2", "iobes", "bilou"])
def test_whole_entities_are_those_that_seqeval_reads_in_the_same_scheme(scheme: Scheme) -> None:
    names = ["O", *(f"{letter}-{kind}" for letter in SCHEMES[scheme][1] for kind in ("LOC", "PER"))]
    compared = 0
    for sequence in product(names, repeat=4):
        strict = {
            (each.tag, each.start, each.end) for each in Entities([list(sequence)], REFERENCES[scheme]).entities[0]
        }
        notation = TagNotation(scheme)
        found = set(entities(to_iob2(notation.read(sequence), notation.read_as)))
        if len({at for _, start, end in strict for at in range(start, end)}) == 4 - sequence.count("O"):
            assert found == strict, sequence  # seqeval's strict mode leaves out what is malformed
            compared += 1
    assert compared > 100


def test_bmes_is_iobes_under_other_letters() -> None:
    others: list[tuple[Scheme, str, str]] = [("bmes", "M", "S"), ("bmewo", "M", "W"), ("bilou", "I", "U")]
    for sequence in product(("O", *(f"{letter}-{kind}" for letter in "BIES" for kind in "XY")), repeat=3):
        expected = get_entities(list(sequence))
        for scheme, middle, single in others:
            letters = {"I": middle, "S": single, "E": "L" if scheme == "bilou" else "E"}
            written = " ".join(letters.get(tag[0], tag[0]) + tag[1:] for tag in sequence)
            read = in_iob2(written, scheme).split()
            assert entities(read) == [(kind, first, last + 1) for kind, first, last in expected], written


@pytest.mark.parametrize(
    ("scheme", "form", "tag", "expected"),
    [
        ("bilou", "B-X", "E-PER", r"expected O, B-\.\.\., I-\.\.\., L-\.\.\., U-\.\.\. \(bilou\), got 'E-PER'"),
        ("iob2", "X-B", "B-PER", r"expected O, \.\.\.-B, \.\.\.-I \(iob2\), got 'B-PER'"),
        ("iob2", "B_X", "B-PER", r"expected O, B_\.\.\., I_\.\.\. \(iob2\), got 'B-PER'"),
        ("bmes", "B", "X", r"expected O, B, M, E, S \(bmes\), got 'X'"),
        ("iob2", "B-X", "B-", "got 'B-'"),
        ("iob2", "B-X", "B", "got 'B'"),
        ("iob2", "X-B", "-B", "got '-B'"),
    ],
)
def test_what_a_notation_does_not_have_is_refused(scheme: Scheme, form: TagForm, tag: str, expected: str) -> None:
    with pytest.raises(TagError, match=expected) as error:
        TagNotation(scheme, form).read(["O", tag])
    assert error.value.position == 1


def test_forms_that_need_a_scheme_are_refused_without_it() -> None:
    with pytest.raises(ValueError, match="expected a `scheme` of entity tags with `tag_form: B_X`, got none"):
        TagNotation("none", "B_X")
    with pytest.raises(ValueError, match="expected `scheme: io` with `tag_form: X`, which has no letters, got 'iob2'"):
        TagNotation("iob2", "X")
