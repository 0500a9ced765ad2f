"""Scores as probabilities; those that exclude each other stand in the last dimension."""

from typing import Literal

import numpy as np

# What the scores of a model are, and so how an ensemble averages them: `pipelines.graphs.ensemble.average`.
Averages = Literal["choices", "decisions", "potentials"]


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """The logarithm of `softmax`, of the type of the scores."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(scores: np.ndarray) -> np.ndarray:
    """exp(scores) over their sum, of the type of the scores."""
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """The logistic function 1 / (1 + exp(-scores)), of each score by itself, of the type of the scores."""
    return np.exp(-np.logaddexp(0, -scores))
