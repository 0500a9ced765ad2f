"""Probabilities of words by their spelling, which add up to one over all strings."""

import math
from itertools import product

import numpy as np
import pytest

from pipelines.evaluation.spelling import SCALARS, Spelling


def test_probabilities_are_those_worked_out_by_hand():
    # One word, `a`: its letters are a and the end, each once. p(a) = 1/4 by unigrams and 5/8 behind the beginning
    # ((1 + 1/4) / 2); p(end) is 5/8 behind a. Half of the unigrams' mass is for letters that no word has shown.
    spelled = Spelling(["a"]).log_probabilities(["a", ""])
    np.testing.assert_allclose(np.exp(spelled[0]), behind_the_beginning() ** 2)


def behind_the_beginning():
    """Witten and Bell's rule, by hand, for the only letter that stands in its place, with contexts up to four long."""
    value = 1 / 4
    for _ in range(4):
        value = (1 + value) / 2
    return value


def test_all_strings_together_have_the_probability_one():
    spelling, total = Spelling(["ab", "aab", "b"]), 0.0
    for length in range(9):
        words = ["".join(letters) for letters in product("abx", repeat=length)]
        scalars = np.array([word.count("x") for word in words]) * math.log(SCALARS)  # x stands for each of them
        total += np.exp(spelling.log_probabilities(words) + scalars).sum()
    assert 0.999 < total < 1


def test_a_word_like_those_of_train_is_more_probable_than_its_letters_in_disorder():
    spelling = Spelling(["walking", "talking", "walked", "talked", "parking"])
    like, unlike = spelling.log_probabilities(["parked", "dkeapr"])
    assert like > unlike + 3


def test_without_any_word_every_string_has_a_probability():
    assert np.isfinite(Spelling(()).log_probabilities(["", "a", "日本"])).all()
    assert Spelling(["a"]).log_probabilities([]).shape == (0,)


@pytest.mark.parametrize("word", ["é", "日", "\U0001f600"])
def test_a_letter_that_no_word_has_shown_is_any_of_unicodes(word):
    known, unknown = Spelling(["a", "b"]).log_probabilities(["a", word])
    assert unknown < known - math.log(SCALARS) + 3
