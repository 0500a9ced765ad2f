"""NB-SVM: what it learns, and degenerate sets."""

import numpy as np
import pytest

from embeddings.errors import InputError
from pipelines.baselines.nb_svm import fit
from pipelines.data.examples import Example


def labelled(*rows):
    return [Example(f"x-{n}", text, tuple(text.split()), label=label) for n, (text, label) in enumerate(rows)]


def labels(rows):
    return [row["label"] for row in rows]


def test_the_order_of_neighbours_is_learned():
    train = labelled(*[(f"w{n} x y", "xy") for n in range(9)], *[(f"w{n} y x", "yx") for n in range(9)])
    assert labels(fit(train, seed=1)(labelled(("new x y", ""), ("new y x", "")))) == ["xy", "yx"]


def test_a_word_counts_once_a_text():
    train = labelled(("good fine", "p"), ("fine", "p"), ("bad", "n"), ("poor", "n"), ("bad poor", "n"))
    predict = fit(train, seed=1)
    once, often = predict(labelled(("good bad", ""), ("good bad bad bad bad", "")))
    # The pair `bad bad` is unknown, so that nothing but the number of `bad` differs.
    assert once["label"] == often["label"]


def test_three_labels_stand_each_against_the_rest():
    train = labelled(*[(f"w{n} {label}", label) for n in range(6) for label in ("a", "b", "c")])
    assert labels(fit(train, seed=1)(labelled(("b", ""), ("c", ""), ("a", "")))) == ["b", "c", "a"]


def test_a_ratio_of_counts_by_hand_decides_where_the_svm_is_silent(monkeypatch):
    # beta 0 is naive Bayes with the weights' mean size: r("good") = log((3/8)/(1/6)) > 0 > r("bad")
    monkeypatch.setattr("pipelines.baselines.nb_svm.INTERPOLATION", 0.0)
    train = labelled(("good good film", "p"), ("good", "p"), ("bad film", "n"), ("bad", "n"))
    assert labels(fit(train, seed=1)(labelled(("good", ""), ("bad", "")))) == ["p", "n"]


def test_the_same_seed_gives_the_same_labels():
    random = np.random.default_rng(1)
    train = labelled(*[(" ".join(f"w{n}" for n in random.integers(0, 9, 5)), "ab"[k % 2]) for k in range(60)])
    assert list(fit(train, seed=5)(train)) == list(fit(train, seed=5)(train))


def test_no_examples_give_no_predictions():
    assert list(fit(labelled(("good", "p"), ("bad", "n")), seed=1)([])) == []


def test_one_label_alone_is_refused():
    with pytest.raises(InputError, match=r"two labels or more.*\['a'\]"):
        fit(labelled(("x", "a")), seed=1)
