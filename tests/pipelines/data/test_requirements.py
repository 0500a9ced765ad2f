"""What a learner needs of its data, refused with the file, the line, and what came."""

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.requirements import check_choice, check_entities, check_field


def tagged(*sentences: str) -> list[Example]:
    """Sentences of as many words as there are tags."""
    return [Example("x", "", ("w",) * len(tags.split()), tags=tuple(tags.split())) for tags in sentences]


def labelled(*labels: str | None) -> list[Example]:
    return [Example("x", "w", ("w",), label=label) for label in labels]


def test_a_missing_field_is_told_with_its_line() -> None:
    check_field(labelled("a", "a"), "label", "train.jsonl", "task 'x'")
    with pytest.raises(InputError, match=r"^train\.jsonl:2: expected `label`, which task 'x' learns, got none$"):
        check_field(labelled("a", None), "label", "train.jsonl", "task 'x'")
    with pytest.raises(InputError, match=r"^train\.jsonl: expected examples, got none"):
        check_field([], "label", "train.jsonl", "task 'x'")


@pytest.mark.parametrize("valid", ["B-PER I-PER I-PER B-PER O", "O", "", "B-I- I-I- B-X-Y"])
def test_valid_iob2_passes(valid: str) -> None:
    check_entities(tagged("O O", valid), "train.jsonl", "task 'ner'")


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ("O NOUN", r"expected O, B-\.\.\., I-\.\.\. \(iob2\), got 'NOUN'"),
        ("B-PER E-PER", r"expected O, B-\.\.\., I-\.\.\. \(iob2\), got 'E-PER'"),
        ("B- O", r"expected O, B-\.\.\., I-\.\.\. \(iob2\), got 'B-'"),
        ("O I-PER", "expected 'B-PER', since it continues no entity, got 'I-PER'"),
        ("B-LOC I-PER", "expected 'B-PER', since it continues no entity, got 'I-PER'"),
    ],
)
def test_other_tags_than_valid_iob2_are_refused_with_their_line(tags: str, told: str) -> None:
    told = rf"^train\.jsonl:3: expected entity tags, which task 'ner' needs: {told}; give the scheme"
    with pytest.raises(InputError, match=told):
        check_entities(tagged("B-PER I-PER", "O", tags), "train.jsonl", "task 'ner'")


@pytest.mark.parametrize(
    ("field", "train", "told"),
    [
        (
            "label",
            labelled("a", "a"),
            "expected two labels or more, .* to tell apart, got 'a' alone",
        ),
        ("tags", tagged("O O", "O"), "expected two tags or more, .* to tell apart, got 'O' alone"),
        ("tags", tagged("", ""), "expected two tags or more, which task 'x' learns to tell apart, got none"),
    ],
)
def test_one_label_or_tag_alone_is_refused(field: str, train: list[Example], told: str) -> None:
    with pytest.raises(InputError, match=rf"^train\.jsonl: {told}$"):
        check_choice(train, field, "train.jsonl", "task 'x'")
    check_choice([*train, *labelled("b"), *tagged("B-X I-X")], field, "train.jsonl", "task 'x'")


@pytest.mark.parametrize(
    ("labels", "told"),
    [([(), ()], "no labels"), ([("b", "a"), ("a", "b")], "the same for all: a, b")],
)
def test_labels_that_all_texts_have_or_none_are_refused(labels: list[tuple[str, ...]], told: str) -> None:
    train = [Example("x", "", (), labels=each) for each in labels]
    message = rf"^train\.jsonl: expected a label that some texts have and others lack, got {told}$"
    with pytest.raises(InputError, match=message):
        check_choice(train, "labels", "train.jsonl", "task 'x'")
    check_choice([*train, Example("x", "", (), labels=("c",))], "labels", "train.jsonl", "task 'x'")


def test_what_is_no_choice_among_labels_needs_none() -> None:
    check_choice(labelled("a"), "tokens", "train.jsonl", "task 'x'")
