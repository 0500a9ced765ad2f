"""Metric families: metrics that read the same predictions, such as those of tags or of translations."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from embeddings.foundation import plugins
from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.metrics import Metric

References = Sequence[Example]
Predictions = Sequence[Mapping[str, Any]]  # one for each reference, in the same order
Key = tuple[str, str]  # name of a metric; the one label, tag or entity type that it is about, or ""


@dataclass(frozen=True)
class Statistic:
    """Numbers as a function of how often each unit is drawn: of the whole once, or on resamples.

    `values` takes draws, float64 (resamples, units), and gives float64 (resamples,) for each number.
    """

    units: int
    values: Callable[[np.ndarray], dict[Key, np.ndarray]]
    options: Mapping[Key, Mapping[str, Any]]  # of each number, those that computed it: the signature prints them
    library: str = "elman"

    def __or__(self, other: "Statistic") -> "Statistic":
        """The numbers of both, of the same units and library."""
        return replace(
            self,
            values=lambda weights: self.values(weights) | other.values(weights),
            options={**self.options, **other.options},
        )

    def whole(self) -> dict[Key, float]:
        """Each number of every unit drawn once."""
        values = self.values(np.ones((1, self.units)))
        return {key: float(values[key][0]) for key in self.options}


class Family(ABC):
    """A file of `pipelines/evaluation/families`, which a task names under `metrics:`; its `FAMILY` is an instance."""

    UNIT: ClassVar[str]  # what is resampled
    MAIN: ClassVar[tuple[Metric, ...]]  # worth a place in the metrics file and the leaderboard, the first most so
    OTHERS: ClassVar[tuple[Metric, ...]] = ()  # further metrics of the whole

    def of_dataset(self, folder: Path) -> "Family":
        """The family with what its numbers need to know of a prepared dataset; most need nothing."""
        return self

    @abstractmethod
    def check(self, reference: Example, prediction: Mapping[str, Any]) -> None:
        """Raises an `InputError` where the prediction cannot be one for the reference."""

    @abstractmethod
    def statistic(self, references: References, predictions: Predictions, only: Metric | None = None) -> Statistic:
        """Every number, of the whole and of each label.

        Args:
            references: examples of one split.
            predictions: a prediction for each, in the same order.
            only: the one metric that is asked for, so that slow ones may be left out.
        """

    def score(self, references: References, predictions: Predictions) -> dict[str, float]:
        """The values of the whole, without those of single labels."""
        values = self.statistic(references, predictions).whole()
        return {metric: value for (metric, label), value in values.items() if not label}

    def confusion(self, references: References, predictions: Predictions) -> Iterable[tuple[str, str]]:
        """Actual and predicted label of each decision; none where there is no choice among labels."""
        return ()

    def tables(self, references: References, predictions: Predictions) -> dict[str, list[Sequence[Any]]]:
        """Further tables for plots, by name: a header, then rows."""
        return {}

    def metric(self, name: str) -> Metric:
        """The metric of that name.

        Raises:
            InputError: the family has none; the message suggests the nearest name.
        """
        known = {metric.name: metric for metric in (*self.MAIN, *self.OTHERS)}
        if name not in known:
            family = type(self).__module__.rpartition(".")[2]
            raise InputError(f"expected a metric of {family}, got {name!r}{nearest(name, list(known))}")
        return known[name]

    def shown(self, headline: str) -> tuple[Metric, ...]:
        """The metrics worth showing, the headline first."""
        first = self.metric(headline)
        return (first, *(metric for metric in self.MAIN if metric != first))


def load_family(name: str) -> Family:
    """A metric family by name.

    Raises:
        InputError: there is none; the message suggests the nearest name.
    """
    return plugins.load("pipelines.evaluation.families", name).FAMILY
