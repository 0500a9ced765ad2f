"""Metrics of labelled texts, with numbers by hand."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation import labels
from pipelines.evaluation.families import classification


def texts(*names):
    return [Example(f"test-{number}", "", ("a",), label=name) for number, name in enumerate(names)]


def predicted(*names, probabilities=None):
    rows = [{"id": f"test-{number}", "label": name} for number, name in enumerate(names)]
    for row, probability in zip(rows, probabilities or [], strict=False):
        row["probabilities"] = probability
    return rows


def test_values_by_hand():
    scores = classification.FAMILY.score(texts(*"aaabbc"), predicted(*"aabbba"))
    assert scores["accuracy"] == pytest.approx(100 * 4 / 6)
    assert scores["macro_precision"] == pytest.approx(100 * 4 / 9)
    assert scores["macro_recall"] == pytest.approx(100 * 5 / 9)
    assert scores["macro_f1"] == pytest.approx(100 * 22 / 45)
    assert scores["micro_f1"] == pytest.approx(100 * 4 / 6)
    assert scores["mcc"] == pytest.approx(100 * 9 / np.sqrt(396))


def test_a_label_that_only_test_has_is_wrong_and_counts():
    whole = classification.FAMILY.statistic(texts("a", "b", "new"), predicted("a", "b", "a")).whole()
    by_label = {label: value for (metric, label), value in whole.items() if metric == "recall"}
    assert by_label == {"a": 100, "b": 100, "new": 0}
    scores = classification.FAMILY.score(texts("a", "b", "new"), predicted("a", "b", "a"))
    assert scores["accuracy"] == pytest.approx(100 * 2 / 3)
    assert scores["macro_f1"] == pytest.approx(100 * (2 / 3 + 1 + 0) / 3)


def test_area_of_two_classes_by_hand():
    positive = [0.9, 0.4, 0.5, 0.4, 0.1]
    rows = predicted(*"ppnnn", probabilities=[{"n": 1 - share, "p": share} for share in positive])
    assert classification.FAMILY.score(texts(*"ppnnn"), rows)["roc_auc"] == pytest.approx(75)


def test_area_of_more_classes_is_the_mean_of_each_against_the_rest():
    shares = [(0.8, 0.1, 0.1), (0.3, 0.6, 0.1), (0.5, 0.4, 0.1), (0.2, 0.2, 0.6)]
    rows = predicted(*"abac", probabilities=[dict(zip("abc", share, strict=True)) for share in shares])
    # a: 0.8, 0.3 against 0.5, 0.2: 3 of 4 pairs; b: 0.4 against 0.1, 0.6, 0.2: 2 of 3; c: 0.6 against 0.1: 3 of 3
    expected = (3 / 4 + 2 / 3 + 1) / 3
    assert classification.FAMILY.score(texts(*"aabc"), rows)["roc_auc"] == pytest.approx(100 * expected)


def test_a_label_that_the_model_does_not_know_has_the_area_of_chance():
    rows = predicted(*"aba", probabilities=[{"a": 0.9, "b": 0.1}, {"a": 0.2, "b": 0.8}, {"a": 0.6, "b": 0.4}])
    # a: 0.9 above both others; b: 0.8 above both; new: probability 0 everywhere
    assert classification.FAMILY.score(texts("a", "b", "new"), rows)["roc_auc"] == pytest.approx(
        100 * (1 + 1 + 0.5) / 3
    )


def test_there_is_no_area_unless_every_prediction_has_probabilities():
    rows = predicted(*"ab", probabilities=[{"a": 0.9, "b": 0.1}])
    assert "roc_auc" not in classification.FAMILY.score(texts(*"ab"), rows)
    assert ("roc_auc", "") not in classification.FAMILY.statistic(texts(*"ab"), rows).options


def test_there_is_no_area_where_the_references_have_one_class():
    rows = predicted(*"ab", probabilities=[{"a": 0.9, "b": 0.1}, {"a": 0.2, "b": 0.8}])
    assert "roc_auc" not in classification.FAMILY.score(texts(*"aa"), rows)


@pytest.mark.parametrize("classes", ["ab", "abcd"])
def test_the_area_is_that_of_scikit_learn(classes):
    random = np.random.default_rng(len(classes))
    for _ in range(20):
        actual = [*classes, *random.choice(list(classes), 30)]
        shares = random.dirichlet(np.ones(len(classes)), len(actual)).round(1)  # so that some tie
        shares /= shares.sum(axis=1, keepdims=True)
        rows = predicted(*actual, probabilities=[dict(zip(classes, row, strict=True)) for row in shares.tolist()])
        score = shares[:, 1] if len(classes) == 2 else shares
        expected = roc_auc_score(actual, score, multi_class="ovr", average="macro")
        assert classification.FAMILY.score(texts(*actual), rows)["roc_auc"] == pytest.approx(100 * expected)


def test_the_positive_class_is_named_and_is_the_last_of_two():
    rows = predicted("neg", "pos", probabilities=[{"neg": 0.9, "pos": 0.1}, {"neg": 0.2, "pos": 0.8}])
    statistic = classification.FAMILY.statistic(texts("neg", "pos"), rows)
    assert statistic.options["roc_auc", ""]["positive"] == "pos"


def test_changing_an_option_changes_value_and_signature_options(monkeypatch):
    references, rows = texts(*"ab"), predicted(*"aa")

    def precision_of_b():
        statistic = classification.FAMILY.statistic(references, rows)
        return statistic.whole()["precision", "b"], statistic.options["precision", "b"]["zero_division"]

    assert precision_of_b() == (0, 0)
    monkeypatch.setitem(labels.OPTIONS, "zero_division", 1)
    assert precision_of_b() == (100, 1)


def test_confusion_pairs_actual_with_predicted():
    assert list(classification.FAMILY.confusion(texts(*"ab"), predicted(*"bb"))) == [("a", "b"), ("b", "b")]


def test_a_prediction_without_a_label_is_refused():
    with pytest.raises(InputError, match="expected a `label`, got None"):
        classification.FAMILY.check(texts("a")[0], {"id": "test-0"})


@pytest.mark.parametrize("probabilities", [[0.5, 0.5], {"a": True}, {"a": None}, {"a": 0.5}, {"a": 1.5, "b": -0.5}, 0])
def test_probabilities_that_are_none_are_refused(probabilities):
    row = {"label": "a", "probabilities": probabilities}
    with pytest.raises(InputError, match="expected `probabilities` from 0 to 1 that add up to 1"):
        classification.FAMILY.check(texts("a")[0], row)
