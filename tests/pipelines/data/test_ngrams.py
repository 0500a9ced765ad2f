"""Counts of n-grams: Witten-Bell's numbers, and probabilities that add up to one."""

import numpy as np

from pipelines.data.ngrams import BEGIN, UNKNOWN, NGrams, best_length


def test_probabilities_are_those_worked_out_by_hand():
    # Numbers: 0 the beginning, 1 unknown, a = 2, b = 3; four words, of which three can be predicted. Text: a a b.
    model = NGrams.counted([np.array([2, 2, 3])], 4, 2)
    unigram, bigram = model.probabilities(np.array([2, 2, 3, 1]))
    # c(a) = 2, c(b) = 1, two kinds: p(a) = 2 / 5, p(b) = 1 / 5; what is left, 2 / 5, is for words to be spelled.
    np.testing.assert_allclose(unigram, [2 / 5, 2 / 5, 1 / 5, 2 / 5])
    # After the beginning stands a once; after a stand a and b once each; nothing stands after b.
    np.testing.assert_allclose(bigram, [(1 + 2 / 5) / 2, (1 + 2 * 2 / 5) / 4, (1 + 2 * 1 / 5) / 4, 2 / 5])


def test_the_probabilities_of_all_words_sum_to_one_after_every_beginning():
    draws = np.random.default_rng(0)
    model = NGrams.counted([draws.integers(2, 7, size=size) for size in (40, 1, 17)], 8, 5)
    text = draws.integers(UNKNOWN, 8, size=25)
    total = sum(model.probabilities(text, np.full(25, word)) for word in range(BEGIN + 1, 8))
    np.testing.assert_allclose(total, np.ones((5, 25)))


def test_a_text_does_not_look_into_the_one_before():
    model = NGrams.counted([np.array([2, 3]), np.array([4, 2])], 5, 3)
    together = NGrams.counted([np.array([4, 2]), np.array([2, 3])], 5, 3)
    text = np.array([4, 2, 3])
    np.testing.assert_array_equal(model.probabilities(text), together.probabilities(text))
    assert len(model.counts[1].events) == 4  # <bos> a, a b, <bos> c, c a: no b c


def test_the_end_of_train_chooses_the_length():
    draws = np.random.default_rng(0)
    pattern = np.tile([2, 2, 3, 2, 3, 3], 200)
    assert best_length([pattern], 4) >= 3
    assert best_length([draws.integers(2, 40, size=400)], 42) == 1


def test_a_word_that_only_the_end_of_train_holds_is_unknown_to_the_choice_of_the_length():
    pattern = np.tile([2, 2, 3, 2, 3, 3], 200)
    assert best_length([np.append(pattern, 4)], 5) >= 3
