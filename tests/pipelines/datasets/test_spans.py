"""Spans of characters become tags of tokens, by rules whose results are worked out by hand."""

from collections import Counter, defaultdict

import pytest

from embeddings.foundation.errors import InputError
from pipelines.datasets.spans import EMPTY, OVERLAPPING, WIDENED, SpanOptions, tags_of_spans
from pipelines.text.tokenization import characters, words

TEXT = "Anna Lee left New York, N.Y."  # Anna Lee 0-8, New York 14-22, N.Y. 24-28


def tagged(spans: list[tuple[int, int, str]], text: str = TEXT, split=words, **options) -> tuple[str, dict[str, int]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    tags = tags_of_spans(SpanOptions(**options).spanned("f:1", text, spans), split(text), "train", counts)
    return " ".join(tags), {what: of_split["train"] for what, of_split in counts.items()}


@pytest.mark.parametrize(
    ("spans", "expected", "counts"),
    [
        ([(0, 8, "PER"), (14, 22, "LOC")], "B-PER I-PER O B-LOC I-LOC O O", {}),
        ([(0, 8, "PER"), (0, 8, "PER")], "B-PER I-PER O O O O O", {}),  # said twice
        ([(0, 4, "PER"), (5, 8, "PER")], "B-PER B-PER O O O O O", {}),  # neighbours are two
        ([(0, 9, "PER")], "B-PER I-PER O O O O O", {}),  # a space at the end belongs to no token
        ([(2, 8, "PER")], "B-PER I-PER O O O O O", {WIDENED: 1}),
        ([(14, 20, "LOC")], "O O O B-LOC I-LOC O O", {WIDENED: 1}),
        ([(14, 22, "LOC"), (14, 17, "ADJ")], "O O O B-LOC I-LOC O O", {OVERLAPPING: 1}),  # the longest stays
        ([(14, 17, "ADJ"), (18, 28, "LOC"), (14, 22, "GPE")], "O O O B-ADJ B-LOC I-LOC I-LOC", {OVERLAPPING: 1}),
        ([(0, 8, "PER"), (0, 8, "ORG")], "B-ORG I-ORG O O O O O", {OVERLAPPING: 1}),  # equally long: the first by type
        ([(14, 16, "A"), (16, 17, "B")], "O O O B-A O O O", {OVERLAPPING: 1, WIDENED: 1}),  # share a token
        ([(4, 5, "X"), (3, 3, "X")], "O O O O O O O", {EMPTY: 2}),
    ],
)
def test_a_token_belongs_to_the_entity_that_it_has_a_character_of(
    spans: list[tuple[int, int, str]], expected: str, counts: dict[str, int]
) -> None:
    assert words(TEXT) == ["Anna", "Lee", "left", "New", "York", ",", "N.Y."]
    assert tagged(spans) == (expected, counts)


def test_overlapping_entities_may_be_refused() -> None:
    with pytest.raises(InputError, match=r"^f:1: expected entities that do not overlap, got 'New'; `overlaps:"):
        tagged([(14, 22, "LOC"), (14, 17, "ADJ")], overlaps="refuse")
    assert tagged([(0, 4, "A"), (5, 8, "B")], overlaps="refuse") == ("B-A B-B O O O O O", {})


def test_characters_are_tagged_where_they_are_the_tokens() -> None:
    assert tagged([(2, 4, "LOC")], "我去北京", characters)[0] == "O O B-LOC I-LOC"


@pytest.mark.parametrize(
    ("span", "message"),
    [
        ((0, 29, "X"), "f:1: expected a span within the 28 characters of the text, got 0 to 29"),
        ((-1, 2, "X"), "got -1 to 2"),
        ((5, 2, "X"), "got 5 to 2"),
        ((0, 4, " "), "f:1: expected a type of the entity 'Anna', got none"),
    ],
)
def test_a_span_outside_the_text_or_without_a_type_is_refused(span: tuple[int, int, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        tagged([span])


def test_a_text_is_divided_into_pieces_but_not_within_an_entity() -> None:
    text = "In New\nYork.\nIt rains.\n"  # lines 0-6, 7-12, 13-22
    pieces = [(0, 6), (7, 12), (13, 22)]
    divided = list(SpanOptions().divided("f:1", text, [(3, 11, "LOC"), (13, 15, "X")], pieces))
    assert [(each.text, list(each.spans)) for each in divided] == [
        ("In New\nYork.", [(3, 11, "LOC")]),
        ("It rains.", [(0, 2, "X")]),
    ]
    with pytest.raises(InputError, match="expected a span within the 23 characters"):
        list(SpanOptions().divided("f:1", text, [(20, 24, "X")], pieces))
    for wrong in ([(7, 12), (0, 6)], [(-3, 4)], [(0, 24)]):
        with pytest.raises(InputError, match=rf"of the text, got {wrong[-1][0]} to {wrong[-1][1]}$"):
            list(SpanOptions().divided("f:1", text, [], wrong))
