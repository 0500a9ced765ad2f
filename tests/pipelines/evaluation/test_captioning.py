"""Exact match and character error rate, by hand and beside the definition of the edit distance."""

import random
from functools import cache

import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.families import captioning


def pairs(*texts):
    examples = [Example(f"dev-{n}", "", (), target_text=reference) for n, (reference, _) in enumerate(texts)]
    return examples, [{"id": f"dev-{n}", "text": output} for n, (_, output) in enumerate(texts)]


def edits(reference, output):
    return captioning.FAMILY.score(*pairs((reference, output)))["character_error_rate"] / 100 * len(reference)


@pytest.mark.parametrize(
    ("reference", "output", "distance"),
    [("kitten", "sitting", 3), ("abc", "", 3), ("ab", "ba", 2), ("восемь", "семь", 2), ("😀👍🏽", "😀👍", 1)],
)
def test_insertions_deletions_and_substitutions_of_a_character_are_errors(reference, output, distance):
    assert edits(reference, output) == pytest.approx(distance)


def test_the_errors_are_the_edit_distance_of_its_definition():
    @cache
    def defined(first, second):
        if not first or not second:
            return len(first) + len(second)
        return min(
            defined(first[1:], second) + 1,
            defined(first, second[1:]) + 1,
            defined(first[1:], second[1:]) + (first[0] != second[0]),
        )

    generator = random.Random(0)
    for _ in range(300):
        reference, output = ("".join(generator.choices("abc", k=generator.randint(least, 7))) for least in (1, 0))
        assert edits(reference, output) == pytest.approx(defined(reference, output))


def test_errors_are_summed_over_the_corpus_before_they_are_divided():
    # 0 of 3, 2 of 4 (nine for five: two letters differ), 5 of 3 characters: the mean of rates would be another number
    scores = captioning.FAMILY.score(*pairs(("one", "one"), ("five", "nine"), ("six", "sixseven")))
    assert scores == pytest.approx({"exact_match": 100 / 3, "character_error_rate": 100 * 7 / 10})


def test_case_and_white_space_count():
    assert captioning.FAMILY.score(*pairs(("two", "Two"), ("a b", "a  b")))["exact_match"] == 0


def test_each_caption_is_a_decision():
    references, predictions = pairs(("one", "one"), ("two", "ten"))
    assert list(captioning.FAMILY.confusion(references, predictions)) == [("one", "one"), ("two", "ten")]


def test_an_empty_caption_is_no_reference():
    references, predictions = pairs(("", "one"))
    with pytest.raises(InputError, match="expected an example with a `target_text`, got ''"):
        captioning.FAMILY.check(references[0], predictions[0])
