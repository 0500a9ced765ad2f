"""Metrics of texts with several labels, held to scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    hamming_loss,
    log_loss,
    precision_recall_fscore_support,
    roc_auc_score,
)

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.calibration import BINS
from pipelines.evaluation.families.multilabel import FAMILY

NAMES = ("a", "b", "c", "d")


def case(seed, texts=40):
    """Which labels texts have and get, bool, and probabilities, (texts, labels)."""
    random = np.random.default_rng(seed)
    actual = random.random((texts, 4)) < [0.5, 0.3, 0.1, 0.3]
    probabilities = np.clip(0.4 * actual + 0.6 * random.random(actual.shape), 0, 1).round(2)
    return actual, probabilities >= random.random(4), probabilities


def rows(actual, guess, probabilities):
    examples = [
        Example(f"t-{number}", "", ("x",), labels=tuple(np.array(NAMES)[row])) for number, row in enumerate(actual)
    ]
    predictions = [
        {"labels": np.array(NAMES)[row].tolist(), "probabilities": dict(zip(NAMES, shares.tolist(), strict=True))}
        for row, shares in zip(guess, probabilities, strict=True)
    ]
    return examples, predictions


@pytest.mark.parametrize("seed", range(200))
def test_scores_are_those_of_scikit_learn(seed):
    actual, guess, probabilities = case(seed)
    found = FAMILY.statistic(*rows(actual, guess, probabilities)).whole()
    for average in ("micro", "macro"):
        occurs = (actual | guess).any(axis=0)
        expected = precision_recall_fscore_support(
            actual[:, occurs], guess[:, occurs], average=average, zero_division=0
        )
        for name, value in zip(("precision", "recall", "f1"), expected[:3], strict=True):
            assert found[f"{average}_{name}", ""] == pytest.approx(100 * value)
    of_labels = precision_recall_fscore_support(actual, guess, average=None, zero_division=0)
    for name, values in zip(("precision", "recall", "f1"), of_labels[:3], strict=True):
        for label, value in zip(NAMES, values, strict=True):
            assert found.get((name, label), 0.0) == pytest.approx(100 * value)
    samples = precision_recall_fscore_support(actual, guess, average="samples", zero_division=1)[2]
    empty = ~(actual | guess).any(axis=1)
    assert found["samples_f1", ""] == pytest.approx(100 * samples), empty.sum()
    assert found["subset_accuracy", ""] == pytest.approx(100 * accuracy_score(actual, guess))
    assert found["hamming_loss", ""] == pytest.approx(100 * hamming_loss(actual, guess))
    varied = actual.any(axis=0) & ~actual.all(axis=0)
    area = roc_auc_score(actual[:, varied], probabilities[:, varied], average="macro")
    assert found["roc_auc", ""] == pytest.approx(100 * area)
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    losses = [log_loss(one, shares, labels=[False, True]) for one, shares in zip(actual.T, clipped.T, strict=True)]
    assert found["log_loss", ""] == pytest.approx(np.mean(losses), abs=1e-5)
    squares = [
        brier_score_loss(one, shares, pos_label=True) if one.any() else np.mean(shares**2)
        for one, shares in zip(actual.T, probabilities.T, strict=True)
    ]
    assert found["brier", ""] == pytest.approx(100 * np.mean(squares))


def test_the_calibration_error_is_the_mean_distance_of_the_bins():
    actual, guess, probabilities = case(1)
    pairs = list(zip(probabilities.ravel(), actual.ravel(), strict=True))
    expected = 0.0
    for number in range(BINS):
        inside = [(p, y) for p, y in pairs if number / BINS < p <= (number + 1) / BINS or (not number and p == 0)]
        expected += abs(sum(p - y for p, y in inside)) / len(pairs)
    assert FAMILY.score(*rows(actual, guess, probabilities))["calibration_error"] == pytest.approx(100 * expected)


def test_no_label_is_right_where_there_is_none():
    nothing = np.zeros((2, 4), dtype=bool)
    one = np.array([[True, False, False, False], [False] * 4])
    shares = np.full((2, 4), 0.1)
    assert FAMILY.score(*rows(one, one, shares))["samples_f1"] == 100
    assert FAMILY.score(*rows(nothing, one, shares))["samples_f1"] == 50
    assert FAMILY.score(*rows(one, nothing, shares))["samples_f1"] == 50


def test_without_probabilities_there_are_no_areas_and_no_losses():
    examples, predictions = rows(*case(2))
    del predictions[0]["probabilities"]
    assert not {"roc_auc", "log_loss", "brier", "calibration_error"} & set(FAMILY.score(examples, predictions))


def test_the_table_counts_what_is_there_predicted_and_right():
    actual, guess, shares = np.array([[1, 1, 0, 0], [0, 1, 0, 0]]) > 0, np.array([[1, 0, 1, 0], [0, 1, 0, 0]]) > 0, None
    tables = FAMILY.tables(*rows(actual, guess, np.zeros((2, 4)) if shares is None else shares))
    assert tables["label_counts"][1:] == [("a", 1, 1, 1), ("b", 2, 1, 1), ("c", 0, 1, 0)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"labels": "a"}, "expected a list of `labels`, got 'a'"),
        ({"labels": ["a", "a"]}, "expected each of the `labels` once"),
        ({"labels": ["a"], "probabilities": {"a": 1.2}}, "expected `probabilities` from 0 to 1$"),
        ({"labels": ["a"], "probabilities": {"a": True}}, "expected `probabilities` from 0 to 1$"),
        ({"labels": ["a"], "probabilities": {"a": None}}, "expected `probabilities` from 0 to 1$"),
        ({"labels": ["a"], "probabilities": [0.5]}, "expected `probabilities` from 0 to 1$"),
        ({"labels": ["a"], "probabilities": 0}, "expected `probabilities` from 0 to 1$"),
        ({"label": "a"}, "expected a list of `labels`, got None"),
    ],
)
def test_a_row_that_is_none_of_labels_is_refused(row, message):
    with pytest.raises(InputError, match=message):
        FAMILY.check(Example("x", "", (), labels=("a",)), row)
