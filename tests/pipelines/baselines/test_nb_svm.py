"""NB-SVM: what it learns, and degenerate sets."""

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.svm import LinearSVC

from pipelines.baselines.nb_svm import fit, log_count_ratio
from pipelines.baselines.tfidf_logistic_regression import terms
from pipelines.data.examples import Example


def labelled(*rows):
    return [Example(f"x-{n}", text, tuple(text.split()), label=label) for n, (text, label) in enumerate(rows)]


def labels(rows):
    return [row["label"] for row in rows]


def test_the_order_of_neighbours_is_learned():
    train = labelled(*[(f"w{n} x y", "xy") for n in range(9)], *[(f"w{n} y x", "yx") for n in range(9)])
    assert labels(fit(train, seed=1)(labelled(("new x y", ""), ("new y x", "")))) == ["xy", "yx"]


def test_the_ratio_of_counts_by_hand():
    # Terms in three texts, the first two of the label: (2, 1, 0) and (0, 1, 1), each count plus one.
    presence = csr_matrix([[1, 1, 0], [1, 0, 0], [0, 1, 1]])
    expected = np.log([(3 / 6) / (1 / 5), (2 / 6) / (2 / 5), (1 / 6) / (2 / 5)])
    np.testing.assert_allclose(log_count_ratio(presence, np.array([True, True, False])), expected)


def test_weights_are_mixed_with_their_mean_size():
    """The decision of one text, from a linear SVM on its own features."""
    train = labelled(("good film", "p"), ("good", "p"), ("bad film", "n"), ("bad bad", "n"))
    vectorizer = CountVectorizer(binary=True).set_params(analyzer=terms)
    presence = vectorizer.fit_transform([example.tokens for example in train])
    inside = np.array([True, True, False, False])
    ratio = log_count_ratio(presence, inside)
    svm = LinearSVC(C=1.0, random_state=1).fit(presence.multiply(ratio).tocsr(), inside)
    mixed = 0.75 * np.abs(svm.coef_).mean() + 0.25 * svm.coef_.ravel()
    texts = labelled(("good bad film", ""), ("film", ""), ("bad film good good", ""), ("", ""))
    scores = vectorizer.transform([text.tokens for text in texts]) @ (ratio * mixed) + svm.intercept_[0]
    expected = ["p" if score > 0 else "n" for score in scores]
    assert labels(fit(train, seed=1)(texts)) == expected


def test_three_labels_stand_each_against_the_rest():
    train = labelled(*[(f"w{n} {label}", label) for n in range(6) for label in ("a", "b", "c")])
    assert labels(fit(train, seed=1)(labelled(("b", ""), ("c", ""), ("a", "")))) == ["b", "c", "a"]


def test_the_same_seed_gives_the_same_labels():
    random = np.random.default_rng(1)
    train = labelled(*[(" ".join(f"w{n}" for n in random.integers(0, 9, 5)), "ab"[k % 2]) for k in range(60)])
    assert list(fit(train, seed=5)(train)) == list(fit(train, seed=5)(train))


def test_no_examples_give_no_predictions():
    assert list(fit(labelled(("good", "p"), ("bad", "n")), seed=1)([])) == []
