"""Perplexity, nats and bits a character, worked out by hand."""

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from gensim.test.utils import datapath

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.ngrams import UNKNOWN, NGrams
from pipelines.evaluation.families.perplexity import BLOCK, FAMILY, Perplexity

LN2 = math.log(2)
REFERENCES = [Example("dev-0", "ab", ("a", "b")), Example("dev-1", "a cab", ("a", "cab"))]


def row(values, unknown=()):
    return {"log_probabilities": list(values), "unknown": list(unknown)}


def rows(first, second):
    return [row(first), row(second)]


def test_numbers_of_a_tiny_table():
    # Probabilities 1/2, 1/4, 1/8 and 1/4: 1 + 2 + 3 + 2 = 8 bits for 4 tokens of 7 characters.
    found = FAMILY.score(REFERENCES, rows([-LN2, -2 * LN2], [-3 * LN2, -2 * LN2]))
    assert found["bits_per_character"] == pytest.approx(8 / 7)
    assert found["nats_per_character"] == pytest.approx(8 / 7 * LN2)
    assert found["perplexity"] == pytest.approx(4)
    assert found["unknown_tokens"] == 0


def test_an_unknown_word_costs_the_unknown_word_and_its_spelling():
    family = Perplexity(["a", "b"])
    (of_b,) = family.spelling.log_probabilities(["b"])
    found = family.score(REFERENCES[:1], [row([-LN2, -2 * LN2], [1])])
    assert found["nats_per_character"] == pytest.approx((3 * LN2 - of_b) / 2)
    assert found["unknown_tokens"] == 50


def test_counting_fewer_words_of_the_news_is_no_better():
    news = Path(datapath("lee_background.cor")).read_text(encoding="utf-8").lower().split()
    border = len(news) * 9 // 10
    counts, family, scores = Counter(news[:border]), Perplexity(news[:border]), []
    reference = Example("0", " ".join(news[border:]), tuple(news[border:]))
    for minimum in (1, 2, 5, 20):
        ids = {word: number for number, word in enumerate(sorted(counts), UNKNOWN + 1) if counts[word] >= minimum}
        numbers = np.array([ids.get(word, UNKNOWN) for word in news])
        model, held_out = NGrams.counted([numbers[:border]], len(counts) + 2, 2), numbers[border:]
        of_tokens = np.log(model.probabilities(held_out)[-1])
        prediction = row(of_tokens, np.flatnonzero(held_out == UNKNOWN).tolist())
        scores.append(family.score([reference], [prediction])["nats_per_character"])
    assert scores == sorted(scores)


def test_a_model_that_guesses_evenly_has_the_vocabularys_size_as_its_perplexity():
    reference = Example("dev-0", "x" * 1234, tuple("x" * 1234))
    found = FAMILY.score([reference], [row([-math.log(65)] * 1234)])
    assert found["perplexity"] == pytest.approx(65)
    assert found["nats_per_character"] == pytest.approx(math.log(65))


def test_words_and_characters_that_give_a_text_the_same_probability_have_the_same_nats_a_character():
    characters = FAMILY.score([Example("0", "a cab", tuple("a cab"))], [row([-1.0] * 5)])
    words = FAMILY.score([Example("0", "a cab", ("a", "cab"))], [row([-2.5] * 2)])
    assert characters["nats_per_character"] == words["nats_per_character"] == 1
    assert characters["perplexity"] < words["perplexity"]


def test_a_long_text_is_resampled_in_blocks():
    tokens = BLOCK * 2 + 1
    references = [Example("0", "x" * tokens, tuple("x" * tokens)), Example("1", "x", ("x",))]
    predictions = [
        row([-1.0] * BLOCK + [-3.0] * BLOCK + [-5.0]),
        row([-7.0]),
    ]
    statistic = FAMILY.statistic(references, predictions)
    assert statistic.units == 4
    resampled = statistic.values(np.array([[1, 1, 1, 1], [2, 0, 0, 0], [0, 0, 3, 1.0]]))
    expected = [(500 + 1500 + 5 + 7) / 1002, 1, (15 + 7) / 4]
    np.testing.assert_allclose(resampled["nats_per_character", ""], expected)
    np.testing.assert_allclose(resampled["perplexity", ""], np.exp(expected))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"log_probabilities": None}, "expected 2 `log_probabilities`, one per token, got None"),
        ({"log_probabilities": [-1.0]}, "one per token, got 1"),
        ({"log_probabilities": [-1.0] * 3}, "one per token, got 3"),
        ({"log_probabilities": [-1.0, 0.5]}, "at most 0"),
        ({"log_probabilities": [-1.0, float("-inf")]}, "finite"),
        ({"log_probabilities": [-1.0, float("nan")]}, "finite"),
        ({"log_probabilities": [-1.0, -(10**400)]}, "finite"),
        ({"unknown": [True]}, "positions of unknown tokens"),
        ({"unknown": [1.0]}, "positions of unknown tokens"),
        ({"unknown": [2]}, "positions of unknown tokens"),
        ({"unknown": [[0]]}, "positions of unknown tokens"),
        ({"unknown": None}, "positions of unknown tokens"),
    ],
)
def test_a_prediction_that_scores_a_token_twice_or_not_at_all_is_refused(changes, told):
    with pytest.raises(InputError, match=told):
        FAMILY.check(REFERENCES[0], {**row([-1.0, -1.0]), **changes})
