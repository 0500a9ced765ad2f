"""Scores by slices of the data, by hand."""

import numpy as np
import pytest

from pipelines.data.examples import Example
from pipelines.evaluation.slices import (
    FREQUENCIES,
    LENGTHS,
    Train,
    confidence_of,
    differences,
    items,
    ranged,
    scores,
    slices_of,
    tally,
)


@pytest.mark.parametrize(
    ("value", "bounds", "name"),
    [
        (1, LENGTHS, "1 to 10"),
        (10, LENGTHS, "1 to 10"),
        (11, LENGTHS, "11 to 20"),
        (81, LENGTHS, "more than 80"),
        (0, FREQUENCIES, "0"),
        (1, FREQUENCIES, "1"),
        (2, FREQUENCIES, "2 to 5"),
        (26, FREQUENCIES, "more than 25"),
        (1, (1, 2), "1"),
        (3, (1, 2), "more than 2"),
        (0.7, (0.5, 0.7), "up to 0.7"),
    ],
)
def test_a_range_ends_with_its_bound(value, bounds, name):
    assert ranged("kind", value, bounds).name == name


def table(references, predictions, train, confidences=None):
    """The score and the number of items of each slice, by kind and name."""
    given = confidences or [None] * len(references)
    gold = [frozenset(items(each, None, train, sure)) for each, sure in zip(references, given, strict=True)]
    known = slices_of(gold)
    answers = [items(*each[:2], train, each[2]) for each in zip(references, predictions, given, strict=True)]
    counts = tally(answers, gold, known)
    found = scores(counts, known, seed=1, resamples=50)
    return {(each.slice.kind, each.slice.name): (round(each.value, 2), each.items) for each in found}


def test_labels_are_told_by_length_label_and_confidence():
    references = [Example(str(n), "", ("w",) * length, label=label)
                  for n, (length, label) in enumerate([(3, "a"), (10, "b"), (11, "a"), (15, "a")])]  # fmt: skip
    answers = [{"label": label} for label in "aaab"]
    found = table(references, answers, Train(), [0.4, 0.6, 0.95, 0.999])
    assert found == {
        ("length in tokens", "1 to 10"): (50, 2),
        ("length in tokens", "11 to 20"): (50, 2),
        ("label", "a"): (66.67, 3),  # 2 of 3 predicted, 2 of 3 in the references
        ("label", "b"): (0, 1),
        ("confidence of the base", "up to 0.5"): (100, 1),
        ("confidence of the base", "up to 0.7"): (0, 1),
        ("confidence of the base", "up to 0.99"): (100, 1),
        ("confidence of the base", "more than 0.99"): (0, 1),
    }


def test_tags_are_told_by_the_frequency_of_their_words():
    references = [Example("1", "", ("the", "cat", "sat"), tags=("D", "N", "V"))]
    found = table(references, [{"tags": ["D", "N", "N"]}], Train({"the": 30, "cat": 2}))
    assert found["frequency of the word in train", "more than 25"] == (100, 1)
    assert found["frequency of the word in train", "2 to 5"] == (100, 1)
    assert found["frequency of the word in train", "0"] == (0, 1)
    assert found["tag", "N"] == (66.67, 1)  # predicted twice, once right
    assert found["length in tokens", "1 to 10"] == (66.67, 3)


def test_entities_are_told_by_type_and_by_what_train_has_shown():
    references = [Example("1", "", ("New", "York", "met", "Ann"), tags=("B-LOC", "I-LOC", "O", "B-PER"))]
    train = Train({"New": 9, "York": 1, "Ann": 3}, entities=frozenset({("Ann",)}))
    found = table(references, [{"tags": ["B-LOC", "I-LOC", "O", "B-LOC"]}], train)
    assert found["entity type", "LOC"] == (66.67, 1)
    assert found["entity type", "PER"] == (0, 1)
    assert found["entity in train", "unseen"] == (100, 1)
    assert found["entity in train", "seen"] == (0, 1)
    assert found["frequency of its rarest word in train", "1"] == (100, 1)
    assert found["tokens of the entity", "2"] == (100, 1)
    assert found["length in tokens", "1 to 10"] == (50, 2)


def test_translations_are_told_by_ngrams_and_rare_words():
    """Of `a a b .` the output `a b b .` has three words and one of three pairs in common."""
    references = [Example("1", "x", ("x",), target_text="a a b.", target_tokens=("a", "a", "b", "."))]
    found = table(references, [{"text": "a b b."}], Train(target_words={"a": 40, ".": 40}))
    assert found["n-grams in common", "words"] == (75, 4)
    assert found["n-grams in common", "of 2 words"] == (66.67, 3)  # `a b` and `b .`
    assert found["n-grams in common", "of 4 words"] == (0, 1)
    assert found["frequency of the word in train", "more than 25"] == (80, 3)  # 2 of 2 predicted, 2 of 3 there
    assert found["frequency of the word in train", "0"] == (66.67, 1)


def test_ngrams_of_chinese_are_of_characters_as_bleu_counts_them():
    references = [Example("1", "", ("x",), target_text="我爱北京", target_tokens=("我爱北京",))]
    found = table(references, [{"text": "我爱南京"}], Train(tokenizer="zh"))
    assert found["n-grams in common", "words"] == (75, 4)  # all but one character
    assert found["n-grams in common", "of 2 words"] == (33.33, 3)  # the first two characters


def test_probabilities_are_those_of_the_answers():
    assert confidence_of({"label": "a", "probabilities": {"a": 0.8, "b": 0.2}}) == 0.8
    assert confidence_of({"tags": ["O"], "probabilities": [0.6]}) == [0.6]
    assert confidence_of({"label": "a"}) is None
    assert confidence_of({"tags": ["O", "O"], "probabilities": [0.6]}) is None
    assert confidence_of({"tags": ["O"], "probabilities": ["high"]}) is None
    assert confidence_of({"labels": ["a"], "probabilities": {"a": 0.8}}) is None


def test_a_difference_is_found_in_the_slice_that_has_it():
    """The systems differ on long texts alone: 60 of 100 and 100 of 100 right; on short ones each misses one."""
    references = [Example(str(n), "", ("w",) * (30 if n < 100 else 5), label="a") for n in range(200)]
    wrong = {"base": {*range(40), 150}, "other": {151}}
    gold = [frozenset(items(each, None, Train())) for each in references]
    known = slices_of(gold)
    base, other = (
        tally([items(each, {"label": "b" if n in of_system else "a"}, Train()) for n, each in enumerate(references)],
              gold, known)
        for of_system in wrong.values()
    )  # fmt: skip
    found = {each.slice.name: each for each in differences([base], [other], known, seed=1, resamples=300)}
    long, short = found["21 to 40"], found["1 to 10"]
    assert (long.base, long.other, long.items) == (60, 100, 100)
    assert long.low > 25
    assert long.p < 0.01
    assert (short.base, short.other) == (99, 99)
    assert short.p == 1
    several = {each.slice.name: each for each in differences([base, other], [other], known, seed=1, resamples=50)}
    assert several["21 to 40"].base == 80


def test_a_slice_that_no_reference_has_is_left_out():
    references = [Example("1", "", ("w",), label="a")]
    gold = [frozenset(items(references[0], None, Train()))]
    known = slices_of(gold)
    assert [part.name for part in known] == ["1 to 10", "a"]
    counts = tally([items(references[0], {"label": "z"}, Train())], gold, known)
    np.testing.assert_array_equal(counts.predicted, [[1, 0]])
