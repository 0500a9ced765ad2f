"""Baselines of texts with several labels."""

import pytest

from pipelines.baselines import label_priors, one_vs_rest_tfidf
from pipelines.data.examples import Example


def texts(*rows):
    return [Example(f"x-{n}", text, tuple(text.split()), labels=tuple(labels)) for n, (text, labels) in enumerate(rows)]


def test_priors_give_the_labels_with_the_best_micro_f1():
    train = texts(("", "ab"), ("", "a"), ("", "a"), ("", "c"), ("", ""))
    # a: F1 2 * 3 / (5 + 5); a and b: 2 * 4 / (10 + 5)
    (row,) = label_priors.fit(train, seed=1)(texts(("x", "")))
    assert row["labels"] == ["a"]
    assert row["probabilities"] == {"a": 0.6, "b": 0.2, "c": 0.2}
    (row,) = label_priors.fit(texts(("", "ab"), ("", "ab")), seed=1)(texts(("x", "")))
    assert row["labels"] == ["a", "b"]


def test_each_label_is_learned_from_its_own_words():
    rows = [("sun blue", "x"), ("rain blue", "y"), ("sun rain", "xy"), ("fog blue", "")]
    predicted = list(one_vs_rest_tfidf.fit(texts(*rows * 6), seed=1)(texts(*rows)))
    assert [row["labels"] for row in predicted] == [["x"], ["y"], ["x", "y"], []]
    assert all(0 < share < 1 for row in predicted for share in row["probabilities"].values())


@pytest.mark.parametrize("labels", ["x", ""])
def test_a_label_that_cannot_be_learned_has_its_share(labels):
    rows = [("a b", f"z{labels}"), ("a c", "z"), ("b c", "z")]
    (row,) = one_vs_rest_tfidf.fit(texts(*rows), seed=1)(texts(("a b", "")))
    assert row["probabilities"] == pytest.approx({"z": 1.0} | ({"x": 1 / 3} if labels else {}))
    assert row["labels"] == ["z"]


def test_nothing_to_predict_gives_nothing():
    assert list(one_vs_rest_tfidf.fit(texts(("a", "x"), ("b", "")), seed=1)([])) == []
