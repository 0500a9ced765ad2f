"""Metrics of tagged sentences, with numbers by hand."""

import numpy as np
import pytest

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.families import tagging
from pipelines.evaluation.significance import bootstrap


def sentence(number, tags):
    tags = tuple(tags.split())
    return Example(f"dev-{number}", "", ("word",) * len(tags), tags=tags)


def rows(*sentences):
    return [{"id": f"dev-{number}", "tags": tags.split()} for number, tags in enumerate(sentences)]


LONG_AND_SHORT = [sentence(0, "N V N V N V N V N V"), sentence(1, "V")]
LONG_IS_RIGHT = rows("N V N V N V N V N V", "N")


def test_every_token_counts_once():
    scores = tagging.FAMILY.score(LONG_AND_SHORT, LONG_IS_RIGHT)
    assert scores["accuracy"] == pytest.approx(100 * 10 / 11)
    # N: precision 5/6, recall 1; V: precision 1, recall 5/6
    assert scores["macro_f1"] == pytest.approx(100 * 10 / 11)
    assert scores["macro_precision"] == pytest.approx(100 * 11 / 12)


def test_sentences_are_drawn_whole():
    values = bootstrap(tagging.FAMILY.statistic(LONG_AND_SHORT, LONG_IS_RIGHT).values, 2, seed=1)["accuracy", ""]
    # both long, one of each, both short: drawing tokens would give other shares
    assert sorted(set(values.round(9))) == pytest.approx([0, 100 * 10 / 11, 100])


def test_a_tag_that_only_test_has_is_wrong_and_counts():
    whole = tagging.FAMILY.statistic([sentence(0, "N SYM")], rows("N N")).whole()
    assert {label: value for (metric, label), value in whole.items() if metric == "recall"} == {"N": 100, "SYM": 0}
    assert tagging.FAMILY.score([sentence(0, "N SYM")], rows("N N"))["accuracy"] == 50


def test_one_tag_too_few_is_refused():
    with pytest.raises(InputError, match="expected 2 tags, one per token, got 1"):
        tagging.FAMILY.check(sentence(0, "N V"), {"tags": ["N"]})
    with pytest.raises(InputError, match="expected a list of `tags`, got 'N V'"):
        tagging.FAMILY.check(sentence(0, "N V"), {"tags": "N V"})
    with pytest.raises(InputError, match=r"expected a list of `tags`, got \[1, 2\]"):
        tagging.FAMILY.check(sentence(0, "N V"), {"tags": [1, 2]})


def test_a_sentence_without_tokens_changes_nothing():
    references = [sentence(0, "N V"), sentence(1, "")]
    assert tagging.FAMILY.score(references, rows("N N", "")) == tagging.FAMILY.score(references[:1], rows("N N"))
    drawn = tagging.FAMILY.statistic(references, rows("N N", "")).values(np.array([[1.0, 5]]))
    assert drawn["accuracy", ""] == [50]
