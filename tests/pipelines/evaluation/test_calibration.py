"""Log loss, Brier score and calibration error, with numbers by hand."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from pipelines.evaluation import calibration
from pipelines.evaluation.calibration import Texts


def values(texts):
    return {metric: value for (metric, _), value in calibration.statistic(texts).whole().items()}


def test_two_classes_by_hand():
    found = values(Texts(np.array([[0.2, 0.8], [0.6, 0.4], [0.9, 0.1]]), np.array([1, 1, 0])))
    assert found["log_loss"] == pytest.approx(-np.log([0.8, 0.4, 0.9]).mean())
    assert found["brier"] == pytest.approx(100 * (0.2**2 + 0.6**2 + 0.1**2) / 3)
    # Three bins with one text each: 0.8 and right, 0.6 and wrong, 0.9 and right.
    assert found["calibration_error"] == pytest.approx(100 * (0.2 + 0.6 + 0.1) / 3)


def test_three_classes_by_hand():
    found = values(Texts(np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]), np.array([0, 2])))
    assert found["brier"] == pytest.approx(100 * (0.25 + 0.09 + 0.04 + 0.01 + 0.01 + 0.04) / 2)


def test_confidence_and_accuracy_meet_within_a_bin():
    # Four texts of one bin, three of them right: their mean confidence is 0.75, and so is their accuracy.
    texts = Texts(np.array([[0.76, 0.24]] * 2 + [[0.74, 0.26]] * 2), np.array([0, 0, 0, 1]))
    assert values(texts)["calibration_error"] == pytest.approx(0, abs=1e-9)
    assert calibration.reliability(texts) == [[75.0, 75.0, 4]]


def test_a_certain_mistake_costs_what_the_rounding_of_probabilities_allows():
    found = values(Texts(np.array([[1.0, 0.0]]), np.array([1])))
    assert found["log_loss"] == pytest.approx(-np.log(1e-6), rel=1e-4)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_log_loss_and_brier_score_are_those_of_scikit_learn(classes):
    random = np.random.default_rng(classes)
    for _ in range(20):
        texts = Texts(random.dirichlet(np.full(classes, 0.3), 30), random.integers(0, classes, 30))
        labels = list(range(classes))
        assert values(texts)["log_loss"] == pytest.approx(
            log_loss(texts.actual, calibration._floored(texts.probabilities), labels=labels)
        )
        brier = brier_score_loss(texts.actual, texts.probabilities, labels=labels, scale_by_half=classes == 2)
        assert values(texts)["brier"] == pytest.approx(100 * brier)


def test_the_resampler_gives_the_values_of_the_whole_and_of_doubled_texts():
    random = np.random.default_rng(1)
    texts = Texts(random.dirichlet(np.ones(3), 50), random.integers(0, 3, 50))
    draws = random.multinomial(50, np.ones(50) / 50)
    resampled = calibration.statistic(texts).values(np.array([np.ones(50), draws]))
    repeated = Texts(texts.probabilities.repeat(draws, axis=0), texts.actual.repeat(draws))
    for place, expected in enumerate((values(texts), values(repeated))):
        for metric, value in expected.items():
            assert resampled[metric, ""][place] == pytest.approx(value)
