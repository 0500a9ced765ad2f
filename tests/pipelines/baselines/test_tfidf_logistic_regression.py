"""TF-IDF and logistic regression: what word pairs can tell and what they cannot, and degenerate sets."""

import pytest

from pipelines.baselines.tfidf_logistic_regression import fit, terms
from pipelines.data.examples import Example


def labelled(*rows):
    return [Example(f"x-{n}", text, tuple(text.split()), label=label) for n, (text, label) in enumerate(rows)]


def labels(rows):
    return [row["label"] for row in rows]


def test_terms_are_words_and_neighbours():
    assert terms(("not", "bad", "at")) == ["not", "bad", "at", "not bad", "bad at"]
    assert terms(()) == []


def test_the_order_of_neighbours_is_learned():
    train = labelled(*[(f"w{n} x y", "xy") for n in range(9)], *[(f"w{n} y x", "yx") for n in range(9)])
    assert labels(fit(train, seed=1)(labelled(("new x y", ""), ("new y x", "")))) == ["xy", "yx"]


def test_the_order_of_distant_words_is_not_seen():
    rows = [("m x m m y m", "xy"), ("m y m m x m", "yx")]
    first, second = fit(labelled(*rows * 9), seed=1)(labelled(*rows))
    assert first["probabilities"] == second["probabilities"]
    assert first["label"] == second["label"]


def test_probabilities_of_three_labels_add_up_and_their_largest_is_predicted():
    train = labelled(*[(f"w{n} {label}", label) for n in range(6) for label in ("a", "b", "c")])
    for row, label in zip(fit(train, seed=1)(labelled(("b", ""), ("c", ""), ("a", ""))), "bca", strict=True):
        assert sum(row["probabilities"].values()) == pytest.approx(1)
        assert row["label"] == label == max(row["probabilities"], key=row["probabilities"].get)


def test_a_text_of_unknown_words_gets_what_an_empty_text_gets():
    train = labelled(("good film", "p"), ("good fun", "p"), ("bad film", "n"), ("good", "p"))
    unknown, empty = fit(train, seed=1)(labelled(("qwerty asdf", ""), ("", "")))
    assert unknown["probabilities"] == empty["probabilities"]
    assert unknown["label"] == "p"


def test_a_label_with_one_example_can_be_learned():
    train = labelled(("good film", "p"), ("good fun", "p"), ("awful", "n"))
    assert labels(fit(train, seed=1)(labelled(("good", ""), ("awful", "")))) == ["p", "n"]


def test_the_same_seed_gives_the_same_probabilities():
    train = labelled(*[(f"w{n} w{n % 5} w{n % 7}", "ab"[n % 3 == 0]) for n in range(60)])
    assert list(fit(train, seed=5)(train)) == list(fit(train, seed=5)(train))


def test_nothing_to_predict_gives_no_rows():
    assert list(fit(labelled(("x", "a"), ("y", "b")), seed=1)([])) == []
