"""The n-gram language model: Witten-Bell's numbers, and probabilities that add up to one."""

import math

import numpy as np
import pytest

from pipelines.baselines import ngram_language_model as module
from pipelines.data.examples import Example
from pipelines.evaluation.families.perplexity import FAMILY as PERPLEXITY


def example(number, text):
    return Example(f"train-{number}", text, tuple(text))


def test_rows_have_the_form_of_a_models_and_unknown_tokens_are_told():
    train = [example(number, "to be or not to be ") for number in range(9)]
    held_out = [example(100, "to be x be"), example(101, "b")]
    rows = list(module.fit(train, 1)(held_out))
    for reference, row in zip(held_out, rows, strict=True):
        PERPLEXITY.check(reference, row)
        assert row["id"] == reference.id
    assert rows[0]["unknown"] == [6]
    assert rows[0]["log_probabilities"][6] == min(rows[0]["log_probabilities"])


def test_a_special_word_in_a_text_is_unknown_as_to_a_run():
    train = [Example("train-0", "", ("a", "<unk>", "b", "<eos>") * 9)]
    (row,) = module.fit(train, 1)(train)
    assert row["unknown"] == list(range(1, 36, 2))


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
