"""Perplexity, nats and bits a character, worked out by hand."""

import math

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.families.perplexity import BLOCK, FAMILY

LN2 = math.log(2)
REFERENCES = [Example("dev-0", "ab", ("a", "b")), Example("dev-1", "a cab", ("a", "cab"))]


def rows(first, second, unknown=((), ())):
    return [
        {"log_probabilities": list(values), "unknown": list(positions)}
        for values, positions in zip((first, second), unknown, strict=True)
    ]


def test_numbers_of_a_tiny_table():
    # Probabilities 1/2, 1/4, 1/8 and 1/4: 1 + 2 + 3 + 2 = 8 bits for 4 tokens of 7 characters.
    found = FAMILY.score(REFERENCES, rows([-LN2, -2 * LN2], [-3 * LN2, -2 * LN2]))
    assert found["bits_per_character"] == pytest.approx(8 / 7)
    assert found["nats_per_character"] == pytest.approx(8 / 7 * LN2)
    assert found["perplexity"] == pytest.approx(4)
    assert found["unknown_tokens"] == 0


def test_unknown_words_share_the_probability_of_the_unknown_word():
    # `b` and `cab` are unknown, two kinds: each costs a bit more than `<unk>`.
    found = FAMILY.score(REFERENCES, rows([-LN2, -2 * LN2], [-3 * LN2, -2 * LN2], [(1,), (1,)]))
    assert found["bits_per_character"] == pytest.approx(10 / 7)
    assert found["unknown_tokens"] == 50


def test_a_model_that_guesses_evenly_has_the_vocabularys_size_as_its_perplexity():
    reference = Example("dev-0", "x" * 1234, tuple("x" * 1234))
    found = FAMILY.score([reference], [{"log_probabilities": [-math.log(65)] * 1234, "unknown": []}])
    assert found["perplexity"] == pytest.approx(65)
    assert found["nats_per_character"] == pytest.approx(math.log(65))


def test_words_and_characters_that_give_a_text_the_same_probability_have_the_same_nats_a_character():
    characters = FAMILY.score(
        [Example("0", "a cab", tuple("a cab"))], [{"log_probabilities": [-1.0] * 5, "unknown": []}]
    )
    words = FAMILY.score([Example("0", "a cab", ("a", "cab"))], [{"log_probabilities": [-2.5] * 2, "unknown": []}])
    assert characters["nats_per_character"] == words["nats_per_character"] == 1
    assert characters["perplexity"] < words["perplexity"]


def test_a_long_text_is_resampled_in_blocks():
    tokens = BLOCK * 2 + 1
    references = [Example("0", "x" * tokens, tuple("x" * tokens)), Example("1", "x", ("x",))]
    predictions = [
        {"log_probabilities": [-1.0] * BLOCK + [-3.0] * BLOCK + [-5.0], "unknown": []},
        {"log_probabilities": [-7.0], "unknown": []},
    ]
    statistic = FAMILY.statistic(references, predictions)
    assert statistic.units == 4
    resampled = statistic.values(np.array([[1, 1, 1, 1], [2, 0, 0, 0], [0, 0, 3, 1.0]]))
    expected = [(500 + 1500 + 5 + 7) / 1002, 1, (15 + 7) / 4]
    np.testing.assert_allclose(resampled["nats_per_character", ""], expected)
    np.testing.assert_allclose(resampled["perplexity", ""], np.exp(expected))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"unknown": []}, "expected 2 `log_probabilities`, one a token, got None"),
        ({"log_probabilities": [-1.0], "unknown": []}, "one a token, got 1"),
        ({"log_probabilities": [-1.0] * 3, "unknown": []}, "one a token, got 3"),
        ({"log_probabilities": [-1.0, 0.5], "unknown": []}, "at most 0"),
        ({"log_probabilities": [-1.0, float("-inf")], "unknown": []}, "finite"),
        ({"log_probabilities": [-1.0, float("nan")], "unknown": []}, "finite"),
        ({"log_probabilities": [-1.0, -(10**400)], "unknown": []}, "finite"),
        ({"log_probabilities": [-1.0, -1.0], "unknown": [True]}, "positions of unknown tokens"),
        ({"log_probabilities": [-1.0, -1.0], "unknown": [1.0]}, "positions of unknown tokens"),
        ({"log_probabilities": [-1.0, -1.0], "unknown": [2]}, "positions of unknown tokens"),
        ({"log_probabilities": [-1.0, -1.0], "unknown": [[0]]}, "positions of unknown tokens"),
        ({"log_probabilities": [-1.0, -1.0]}, "positions of unknown tokens"),
    ],
)
def test_a_prediction_that_scores_a_token_twice_or_not_at_all_is_refused(row, told):
    with pytest.raises(InputError, match=told):
        FAMILY.check(REFERENCES[0], row)
