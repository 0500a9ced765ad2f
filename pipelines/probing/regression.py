"""A linear probe of states for two labels, its strongest unit, and what that unit tells alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.errors import InputError

PENALTY_INVERSES = tuple(2.0**power for power in range(-8, 1))  # scikit-learn's C, those of the paper's code
BINS = 40  # of a histogram


@dataclass(frozen=True)
class Probe:
    """An L1 logistic regression on states with mean 0 and deviation 1, and a threshold of its strongest unit."""

    labels: tuple[str, str]  # sorted; positive weights speak for the second
    penalty_inverse: float
    mean: np.ndarray  # of train's states, (units,)
    deviation: np.ndarray  # (units,)
    weights: np.ndarray  # of standardised states, (units,)
    bias: float
    unit: int  # the one with the greatest weight, whatever its sign
    threshold: float  # of the unit's state

    def label_above(self) -> str:
        """The label that a state of the unit above the threshold speaks for."""
        return self.labels[int(self.weights[self.unit] > 0)]

    def by_all_units(self, states: np.ndarray) -> np.ndarray:
        """The labels that the regression gives to states (texts, units)."""
        scores = (states - self.mean) / self.deviation @ self.weights + self.bias
        return np.array(self.labels)[(scores > 0).astype(int)]

    def by_unit(self, states: np.ndarray) -> np.ndarray:
        """The labels that the unit alone gives to states (texts, units)."""
        above = states[:, self.unit] > self.threshold
        return np.array(self.labels)[(above == (self.weights[self.unit] > 0)).astype(int)]


def fit_probe(
    states: np.ndarray, labels: Sequence[str], dev_states: np.ndarray, dev_labels: Sequence[str], seed: int
) -> Probe:
    """Fits the regression and the unit's threshold on train; dev picks the penalty, the strongest of equals.

    The unit is the one that contributes most to the regression, not the one whose own accuracy is the best. The paper
    leaves its states unscaled, so that a unit of small values is penalised more; here all units have the same chance.

    Args:
        states: of train, float (texts, units).
        labels: of these texts, of two kinds.
        dev_states: float (texts, units).
        dev_labels: of these texts.
        seed: of the solver's order of units.

    Raises:
        InputError: there are not two labels, or no unit is of use.

    Reference: Radford et al. 2017, sections 4 (L1 penalty) and 4.2 (a threshold of the one unit).
    """
    from sklearn.linear_model import LogisticRegression

    names = two_labels(labels)
    states, dev_states, is_second = states.astype("float64"), dev_states.astype("float64"), np.array(labels) == names[1]
    mean, deviation = states.mean(axis=0), states.std(axis=0)
    deviation[deviation == 0] = 1
    best: Probe | None = None
    best_accuracy = -1.0
    for inverse in PENALTY_INVERSES:
        model = LogisticRegression(C=inverse, l1_ratio=1.0, solver="liblinear", random_state=seed)
        model.fit((states - mean) / deviation, is_second)
        weights, bias = model.coef_[0], float(model.intercept_[0])
        unit = int(np.abs(weights).argmax())
        if not weights[unit]:
            continue  # the penalty has left no unit
        threshold = best_threshold(states[:, unit], is_second == (weights[unit] > 0))
        probe = Probe(names, inverse, mean, deviation, weights, bias, unit, threshold)
        accuracy = float((probe.by_all_units(dev_states) == np.array(dev_labels)).mean())
        if accuracy > best_accuracy:
            best, best_accuracy = probe, accuracy
    if best is None:
        raise InputError("expected states that differ with the label, got none; train longer, or give more texts")
    return best


def two_labels(labels: Iterable[str]) -> tuple[str, str]:
    """The labels of train, sorted.

    Raises:
        InputError: there are not two.
    """
    names = sorted(set(labels))
    if len(names) != 2:
        told = f", {', '.join(names[:5])}" if names else ""
        raise InputError(f"expected two labels, which a unit can tell apart, got {len(names)}{told}")
    return names[0], names[1]


def best_threshold(values: np.ndarray, is_above: np.ndarray) -> float:
    """The threshold that most values stand on the right side of, the lowest of equals.

    Args:
        values: float (texts,).
        is_above: whether a value should be above it, bool (texts,).

    Returns:
        The middle of two neighbouring values; of values that are all equal, theirs.
    """
    order = np.argsort(values, kind="stable")
    values, is_above = values[order].astype("float64"), is_above[order]
    right_below = np.cumsum(~is_above)[:-1]
    right_above = is_above.sum() - np.cumsum(is_above)[:-1]
    between = values[:-1] < values[1:]
    if not between.any():
        return float(values[0])
    at = int(np.where(between, right_below + right_above, -1).argmax())
    return float((values[at] + values[at + 1]) / 2)


def histogram(values: np.ndarray, labels: Sequence[str], bins: int = BINS) -> list[dict]:
    """How many texts of each label have a value in each of some bins of equal width.

    Returns:
        A row for each label and bin: `label`, `low`, `high`, `texts`; a bin holds its lower edge, the last one both.
    """
    edges = np.histogram_bin_edges(values.astype("float64"), bins)
    of_label = np.array(labels)
    return [
        {"label": label, "low": round(low, 6), "high": round(high, 6), "texts": int(count)}
        for label in sorted(set(labels))
        for low, high, count in zip(
            edges[:-1].tolist(), edges[1:].tolist(), np.histogram(values[of_label == label], edges)[0], strict=True
        )
    ]
