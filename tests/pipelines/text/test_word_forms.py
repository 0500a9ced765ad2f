import numpy as np
import pytest

from pipelines.batches.characters import distinct_words
from pipelines.text.vocabulary import BEGIN_ID, END_ID, UNKNOWN_ID, Vocabulary
from pipelines.text.word_forms import LONGEST, character_ids, character_vocabulary
from pipelines.text.word_shapes import SHAPES, shape

LETTERS = Vocabulary("abcd")


@pytest.mark.parametrize(
    ("word", "expected"),
    [("films", "lower"), ("Anna", "capitalised"), ("I", "capitalised"), ("NATO", "upper"), ("McCain", "mixed"),
     ("iPhone", "mixed"), ("1999", "digits"), ("3.50", "digits"), ("B2B", "with_digits"), ("...", "other"),
     ("well-known", "lower"), ("Анна", "capitalised"), ("США", "upper"), ("中国", "mixed")],
)  # fmt: skip
def test_the_shape_of_a_word(word, expected):
    assert SHAPES[shape(word)] == expected


def test_a_character_of_a_single_word_is_unknown():
    assert character_vocabulary({"abba": 5, "ab": 1, "zzz": 9}).trained == ("a", "b")


def test_characters_stand_between_a_beginning_and_an_end():
    assert character_ids("abz", LETTERS) == [BEGIN_ID, 4, 5, UNKNOWN_ID, END_ID]


def test_of_a_long_word_beginning_and_end_are_read():
    ids = character_ids("a" * LONGEST + "b" * LONGEST, LETTERS)
    assert ids == [BEGIN_ID, *[4] * (LONGEST // 2), *[5] * (LONGEST // 2), END_ID]


def test_each_distinct_word_of_a_batch_stands_once():
    numbers, characters = distinct_words([["a", "bc", "a"], ["bc"]], LETTERS)
    np.testing.assert_array_equal(numbers, [[1, 2, 1], [2, 0, 0]])
    np.testing.assert_array_equal(characters, [[2, 4, 3, 0], [2, 5, 6, 3]])
