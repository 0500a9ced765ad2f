"""Entity tags of any scheme become valid IOB2, what was repaired is counted once, and other tags stay."""

from collections import Counter

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.tag_notation import Scheme, TagNotation
from pipelines.datasets.repairs import repair_iob2, to_valid_iob2

IOB2 = TagNotation("iob2")


@pytest.mark.parametrize(
    ("scheme", "tags", "expected", "repaired"),
    [
        ("iob2", "B-PER I-PER B-PER O B-LOC", "B-PER I-PER B-PER O B-LOC", 0),
        ("iob2", "I-PER B-PER I-LOC", "B-PER B-PER B-LOC", 2),
        ("iob1", "I-PER I-PER B-PER I-LOC O I-LOC", "B-PER I-PER B-PER B-LOC O B-LOC", 0),
        ("iobes", "B-PER E-PER S-PER O B-LOC I-LOC E-LOC", "B-PER I-PER B-PER O B-LOC I-LOC I-LOC", 0),
        ("iobes", "S-PER I-PER E-PER I-PER", "B-PER B-PER I-PER B-PER", 2),  # what is closed does not go on
        ("iobes", "I-PER E-PER O E-LOC", "B-PER I-PER O B-LOC", 2),  # what does not begin begins
        ("iobes", "B-PER I-LOC B-LOC O B-LOC", "B-PER B-LOC B-LOC O B-LOC", 4),  # what does not end ends
        ("iobes", "B-PER I-PER E-PER S-PER O", "B-PER I-PER I-PER B-PER O", 0),
        ("iobes", "S-PER I-PER", "B-PER B-PER", 1),  # S-PER
        ("iobes", "I-PER I-PER E-PER", "B-PER I-PER I-PER", 1),  # B-PER
        ("iobes", "B-PER I-PER O", "B-PER I-PER O", 1),  # E-PER
        ("iobes", "B-PER I-LOC", "B-PER B-LOC", 2),  # S-PER S-LOC
        ("iobes", "E-PER E-PER I-PER", "B-PER B-PER B-PER", 3),  # S-PER S-PER S-PER
    ],
)
def test_tags_become_valid_iob2(scheme: str, tags: str, expected: str, repaired: int) -> None:
    assert to_valid_iob2(tags.split(), scheme) == (expected.split(), repaired)


def test_repairs_are_counted_by_split_and_other_examples_pass() -> None:
    tagged = [Example("a", "x y", ("x", "y"), tags=tags) for tags in (("O", "I-PER"), ("I-LOC", "I-PER"), ("O", "O"))]
    text = Example("b", "x", ())
    counts = Counter({"dev": 5})
    found = list(repair_iob2([*tagged, text], IOB2, "train", counts, Counter()))
    assert [example.tags for example in found] == [("O", "B-PER"), ("B-LOC", "B-PER"), ("O", "O"), None]
    assert counts == {"dev": 5, "train": 3}
    assert list(repair_iob2(found, IOB2, "train", counts, Counter())) == found
    assert counts == {"dev": 5, "train": 3}


def test_tags_of_no_scheme_stay_whatever_they_look_like() -> None:
    tags = ("I-", "I-PER", "I-LOC", "NOUN", "B-", "E-X")  # parts of speech of some treebanks begin so
    counts: Counter[str] = Counter()
    (example,) = repair_iob2(
        [Example("a", "", tuple("abcdef"), tags=tags)], TagNotation("none"), "train", counts, Counter()
    )
    assert (example.tags, counts) == (tags, Counter())


@pytest.mark.parametrize("scheme", ["iob2", "iob1", "iobes"])
def test_a_tag_that_the_declared_scheme_lacks_is_refused_with_its_place(scheme: Scheme) -> None:
    tagged = [Example("rows.jsonl:1", "", ("a",), tags=("O",)), Example("rows.jsonl:2", "", ("a",), tags=("NOUN",))]
    advice = "correct it, or choose another `scheme` or `tag_form`"
    told = rf"^rows\.jsonl:2: expected O, B-\.\.\., .*\({scheme}\), got 'NOUN'; {advice}$"
    with pytest.raises(InputError, match=told):
        list(repair_iob2(tagged, TagNotation(scheme), "train", Counter(), Counter()))
