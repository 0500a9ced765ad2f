"""Logistic regression on features: a linear model of a vector's numbers, or of an image's pixels."""

from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.baselines import Predict
from pipelines.baselines.tfidf_logistic_regression import learned, predicted
from pipelines.data.examples import Example

LEARNS = "label"
READS = "features"


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Fits a logistic regression on all numbers of the features side by side; the penalty is chosen as for words.

    Args:
        train: labelled features.
        seed: of the folds.
    """
    model = learned(numbers(train), [str(example.label) for example in train], seed)

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        if examples:
            yield from predicted(model, numbers(examples), examples)

    return predict


def numbers(examples: Sequence[Example]) -> np.ndarray:
    """The features of examples, float32 (examples, dimensions)."""
    return np.stack([np.ravel(np.asarray(example.features)) for example in examples])
