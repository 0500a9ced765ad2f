"""Label metrics beside scikit-learn's."""

import numpy as np
import pytest
from sklearn import metrics

from pipelines.evaluation import labels


@pytest.mark.filterwarnings("ignore:A single label was found")
@pytest.mark.parametrize(("references", "predictions"), [("abc", "abc"), ("ab", "abd"), ("abcd", "ac"), ("a", "a")])
def test_values_are_those_of_scikit_learn(references, predictions):
    generator = np.random.default_rng(7)
    for size in (1, 2, 5, *[30] * 30):
        actual, predicted = (generator.choice(list(names), size) for names in (references, predictions))
        found = labels.statistic(actual.tolist(), predicted.tolist(), np.arange(size), size).whole()
        expected = {
            ("accuracy", ""): metrics.accuracy_score(actual, predicted),
            ("mcc", ""): metrics.matthews_corrcoef(actual, predicted),
        }
        for average in ("macro", "micro", None):
            ratios = metrics.precision_recall_fscore_support(actual, predicted, average=average, zero_division=0)
            for name, ratio in zip(("precision", "recall", "f1"), ratios[:3], strict=True):
                if average:
                    expected[f"{average}_{name}", ""] = ratio
                else:
                    expected |= {(name, label): ratio[i] for i, label in enumerate(sorted({*actual, *predicted}))}
        assert found == pytest.approx({key: 100 * value for key, value in expected.items()})
