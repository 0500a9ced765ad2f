"""The n-gram language model: Witten-Bell's numbers, and probabilities that add up to one."""

import math

import numpy as np
import pytest

from pipelines.baselines import ngram_language_model as module
from pipelines.baselines.ngram_language_model import BEGIN, UNKNOWN, NGrams
from pipelines.data.examples import Example
from pipelines.evaluation.families.perplexity import FAMILY as PERPLEXITY


def example(number, text):
    return Example(f"train-{number}", text, tuple(text))


def test_probabilities_are_those_worked_out_by_hand():
    # Numbers: 0 the beginning, 1 unknown, a = 2, b = 3; four words, of which three can be predicted. Text: a a b.
    model = NGrams.counted([np.array([2, 2, 3])], 4, 2)
    unigram, bigram = model.probabilities(np.array([2, 2, 3, 1]))
    # c(a) = 2, c(b) = 1, two kinds: p(a) = (2 + 2/3) / 5, p(b) = (1 + 2/3) / 5, p(unknown) = (2/3) / 5.
    np.testing.assert_allclose(unigram, [8 / 15, 8 / 15, 1 / 3, 2 / 15])
    # After the beginning stands a once; after a stand a and b once each; nothing stands after b.
    np.testing.assert_allclose(bigram, [(1 + 8 / 15) / 2, (1 + 2 * 8 / 15) / 4, (1 + 2 / 3) / 4, 2 / 15])


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
    assert module.best_length([pattern], 4) >= 3
    assert module.best_length([draws.integers(2, 40, size=400)], 42) == 1


def test_rows_have_the_form_of_a_models_and_unknown_tokens_are_told():
    train = [example(number, "to be or not to be ") for number in range(9)]
    held_out = [example(100, "to be x be"), example(101, "b")]
    rows = list(module.fit(train, 1)(held_out))
    for reference, row in zip(held_out, rows, strict=True):
        PERPLEXITY.check(reference, row)
        assert row["id"] == reference.id
    assert rows[0]["unknown"] == [6]
    assert rows[0]["log_probabilities"][6] == min(rows[0]["log_probabilities"])


def test_repeated_text_is_predicted_better_than_by_the_frequency_of_its_characters():
    train = [example(0, "to be or not to be, that is the question. " * 20)]
    held_out = [example(1, "or not to be, that is the question. ")]
    found = PERPLEXITY.score(held_out, list(module.fit(train, 1)(held_out)))
    _, counts = np.unique(list(train[0].text), return_counts=True)
    shares = counts / counts.sum()
    assert found["nats_per_character"] < 0.3 * -(shares * np.log(shares)).sum()


@pytest.mark.parametrize("text", ["x", "xy"])
def test_a_train_of_one_short_text_is_enough(text):
    (row,) = module.fit([example(0, text)], 1)([example(1, "x")])
    assert -math.log(3) < row["log_probabilities"][0] <= 0
