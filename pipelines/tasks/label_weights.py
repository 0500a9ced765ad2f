"""The weights of labels in the loss: given, or from how often train has them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded
from pipelines.tasks.config import LabelTraining


def label_weights(given: Any, labels: Sequence[str], balanced: Callable[[], np.ndarray]) -> list[float]:
    """The weight of each label.

    Args:
        given: `training.class_weights`.
        labels: that the model learns.
        balanced: gives the weights where `balanced` is given, float (labels,); called there alone.

    Raises:
        InputError: a weight is given for a label that is not learned.
    """
    if given == "balanced":
        return [round(float(weight), 6) for weight in balanced()]
    for label in given or ():
        if label not in labels:
            raise InputError(f"training.class_weights: train has no label {label!r}{nearest(label, list(labels))}")
    return [float((given or {}).get(label, 1.0)) for label in labels]


def choice_loss(training: LabelTraining, labels: Sequence[str], train: Sequence[Encoded]) -> Any:
    """The loss of a choice among labels, weighted and focal as is asked for; None where neither is.

    Args:
        training: which is asked for.
        labels: that the model learns.
        train: what `encode` gave of train.
    """
    if training.class_weights is None and not training.focal_gamma:
        return None

    def balanced() -> np.ndarray:
        counted = (np.bincount(each.target, minlength=len(labels)) for each in train)
        return balanced_classes(sum(counted, np.zeros(len(labels))))

    weights = label_weights(training.class_weights, labels, balanced)

    from pipelines.models.label_losses import WeightedCrossEntropy

    return WeightedCrossEntropy(weights, training.focal_gamma, reduction="mean_with_sample_weight")


def balanced_classes(counts: np.ndarray) -> np.ndarray:
    """Weights in inverse proportion to counts, (labels,), whose mean over all targets is 1; 1 where there are none.

    Reference: King and Zeng, "Logistic Regression in Rare Events Data", 2001, as scikit-learn has it.
    """
    there = np.count_nonzero(counts)
    return np.divide(counts.sum() / max(1, there), counts, out=np.ones(len(counts)), where=counts > 0)


def balanced_decisions(counts: np.ndarray, texts: int) -> np.ndarray:
    """Weights by which labels, which so many of the texts have, weigh where they are true as much as where not."""
    return np.divide(np.maximum(texts - counts, 1), counts, out=np.ones(len(counts)), where=counts > 0)
