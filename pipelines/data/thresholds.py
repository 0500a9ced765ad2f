"""The probabilities from which labels are predicted where a text may have several."""

import numpy as np

FEWEST = 5  # texts with a label from which it gets a threshold of its own


def best_thresholds(probabilities: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """The threshold of each label with the best F1 on these texts; the highest one of equals.

    A label that fewer than `FEWEST` texts have takes the threshold that is best for all decisions together: one for a
    few texts would be chance.

    Args:
        probabilities: of the labels, float (texts, labels).
        actual: which texts have them, bool (texts, labels).

    Returns:
        float64 (labels,); a label is predicted from its threshold on.

    Reference: Yang, "A Study of Thresholding Strategies for Text Categorization", SIGIR 2001 (SCut, and its overfitting
    of rare categories).
    """
    shared = best_threshold(probabilities.ravel(), actual.ravel())
    frequent = actual.sum(axis=0) >= FEWEST
    return np.array(
        [
            best_threshold(probabilities[:, label], actual[:, label]) if frequent[label] else shared
            for label in range(probabilities.shape[1])
        ]
    )


def best_threshold(probabilities: np.ndarray, actual: np.ndarray) -> float:
    """The threshold with the best F1 of decisions, float (decisions,) and bool; 0.5 where all are negative.

    It is half-way between two neighbouring probabilities, or the lowest one and zero.
    """
    if not actual.any():
        return 0.5
    order = np.argsort(-probabilities, kind="stable")
    falling = np.append(probabilities[order], -1.0)
    right = np.cumsum(actual[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + actual.sum())
    f1[falling[:-1] == falling[1:]] = -1  # equals are predicted together
    last = int(f1.argmax())
    return float(falling[last] + max(falling[last + 1], 0.0)) / 2
