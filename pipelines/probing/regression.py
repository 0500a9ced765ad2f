"""A linear probe of hidden states for two labels, and its single most predictive unit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError

PENALTY_INVERSES = tuple(2.0**power for power in range(-8, 1))  # scikit-learn's C, those of the paper's code
BINS = 40  # of a histogram


@dataclass(frozen=True)
class Regression:
    """A logistic regression on states of mean 0 and deviation 1."""

    penalty_inverse: float
    mean: np.ndarray  # of train's states, (units,)
    deviation: np.ndarray  # (units,)
    weights: np.ndarray  # of standardised states, (units,)
    bias: float

    def says_second(self, states: np.ndarray) -> np.ndarray:
        """Whether states (texts, units) are of the second label: bool (texts,)."""
        return (states - self.mean) / self.deviation @ self.weights + self.bias > 0


@dataclass(frozen=True)
class Threshold:
    """A border between two labels on the values of one unit."""

    value: float
    second_is_above: bool
    accuracy: float  # on the values that it was fitted to


@dataclass(frozen=True)
class Probe:
    """A regression on all units, and the single most predictive unit."""

    labels: tuple[str, str]  # sorted
    regression: Regression
    unit: int
    threshold: Threshold

    @property
    def above(self) -> str:
        """The label of a unit's state above the threshold."""
        return self.labels[int(self.threshold.second_is_above)]

    @property
    def below(self) -> str:
        """The other one."""
        return self.labels[int(not self.threshold.second_is_above)]

    def described(self) -> dict[str, Any]:
        """What a user asks of the probe."""
        return {
            "unit": self.unit,
            "label_above": self.above,
            "threshold": round(self.threshold.value, 6),
            "units": len(self.regression.weights),
            "units_used": int(np.count_nonzero(self.regression.weights)),
            "penalty_inverse": self.regression.penalty_inverse,
        }

    def by_all_units(self, states: np.ndarray) -> np.ndarray:
        """The labels that the regression gives to states (texts, units)."""
        return np.where(self.regression.says_second(states), self.labels[1], self.labels[0])

    def by_unit(self, states: np.ndarray) -> np.ndarray:
        """The labels that the unit alone gives to states (texts, units)."""
        return np.where(states[:, self.unit] > self.threshold.value, self.above, self.below)


def fit_probe(
    states: np.ndarray, labels: Sequence[str], dev_states: np.ndarray, dev_labels: Sequence[str], seed: int
) -> Probe:
    """Fits the regression and the unit's threshold on train; dev picks the penalty, the strongest of equals.

    The L1 penalty finds the units that carry the label; of these, the unit is the one whose threshold is right most
    often on train. In the paper its weight is also the largest; in a small model, where many units carry a little
    of the label, the greatest weight may be that of a unit which only corrects others. The paper leaves its states
    unscaled, so that a unit of small values is penalised more; here all units have the same chance.

    Args:
        states: of train, float (texts, units).
        labels: of these texts, of two kinds.
        dev_states: float (texts, units).
        dev_labels: of these texts.
        seed: of the solver's order of units.

    Raises:
        InputError: there are not two labels, or no unit is of use.

    Reference: Radford et al. 2017, sections 4 (L1 penalty) and 4.2 (a threshold of one unit).
    """
    names = two_labels(labels)
    states, is_second = states.astype("float64"), np.array(labels) == names[1]
    dev_states, dev_is_second = dev_states.astype("float64"), np.array(dev_labels) == names[1]
    paths = [regression for regression in regressions(states, is_second, seed) if regression.weights.any()]
    if not paths:
        raise InputError("expected states that depend on the label, got none; train longer, or give more texts")
    best = max(paths, key=lambda regression: (regression.says_second(dev_states) == dev_is_second).sum())
    used = np.flatnonzero(best.weights).tolist()
    thresholds = {unit: best_threshold(states[:, unit], is_second) for unit in used}
    unit = max(used, key=lambda unit: thresholds[unit].accuracy)
    return Probe(names, best, unit, thresholds[unit])


def regressions(states: np.ndarray, is_second: np.ndarray, seed: int) -> Iterator[Regression]:
    """L1 logistic regressions on states (texts, units), the strongest penalty first."""
    from sklearn.linear_model import LogisticRegression

    mean, deviation = states.mean(axis=0), states.std(axis=0)
    deviation[deviation == 0] = 1
    for inverse in PENALTY_INVERSES:
        model = LogisticRegression(C=inverse, l1_ratio=1.0, solver="liblinear", random_state=seed, max_iter=1000)
        model.fit((states - mean) / deviation, is_second)
        yield Regression(inverse, mean, deviation, model.coef_[0], float(model.intercept_[0]))


def two_labels(labels: Iterable[str]) -> tuple[str, str]:
    """The labels of train, sorted.

    Raises:
        InputError: there are not two.
    """
    names = sorted(set(labels))
    if len(names) != 2:
        shown = f", {', '.join(names[:5])}" if names else ""
        raise InputError(f"expected two labels, which a unit can separate, got {len(names)}{shown}")
    return names[0], names[1]


def best_threshold(values: np.ndarray, is_second: np.ndarray) -> Threshold:
    """The threshold with the highest accuracy; of equals one with the second label above, the lowest.

    It is the middle of two neighbouring values; of values that are all equal, theirs.

    Args:
        values: float (texts,).
        is_second: whether each is of the second label, bool (texts,).
    """
    order = np.argsort(values, kind="stable")
    values, is_second = values[order].astype("float64"), is_second[order]
    right_below = np.cumsum(~is_second)[:-1]
    right_above = is_second.sum() - np.cumsum(is_second)[:-1]
    right = right_below + right_above
    between = values[:-1] < values[1:]
    if not between.any():
        return Threshold(float(values[0]), True, float((~is_second).mean()))
    either_way = np.where(between, np.stack([right, len(values) - right]), -1)
    way, at = np.unravel_index(either_way.argmax(), either_way.shape)
    middle = (values[at] + values[at + 1]) / 2
    return Threshold(float(middle), bool(way == 0), float(either_way.max() / len(values)))


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
