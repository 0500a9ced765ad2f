"""Metric families: metrics that read the same predictions, such as those of tags or of translations."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from embeddings.foundation import plugins
from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.counts import Key
from pipelines.evaluation.metrics import Metric

References = Sequence[Example]
Predictions = Sequence[Mapping[str, Any]]  # one for each reference, in the same order
Resampler = Callable[[np.ndarray], dict[Key, np.ndarray]]  # float64 (resamples, units) -> percent (resamples,)


@dataclass(frozen=True)
class Measured:
    """A value, with the library and the options that made it."""

    metric: str
    value: float
    library: str
    options: Mapping[str, Any] = field(default_factory=dict)  # those in use: the call and the signature read them
    label: str = ""  # the one label, tag or entity type that the value is about


class Family(ABC):
    """A file of `pipelines/evaluation/families`, which a task names under `metrics:`; its `FAMILY` is an instance."""

    UNIT: ClassVar[str]  # what is resampled
    MAIN: ClassVar[tuple[Metric, ...]]  # worth a place in the metrics file and the leaderboard, the first most so
    OTHERS: ClassVar[tuple[Metric, ...]] = ()  # further metrics of the whole

    @abstractmethod
    def check(self, reference: Example, prediction: Mapping[str, Any]) -> None:
        """Raises an `InputError` where the prediction cannot be one for the reference."""

    @abstractmethod
    def measure(self, references: References, predictions: Predictions) -> list[Measured]:
        """Every value, of the whole and of each label."""

    @abstractmethod
    def resampler(self, references: References, predictions: Predictions) -> Resampler:
        """A function from how often each unit is drawn to the values of `measure` on those draws."""

    def units(self, references: References) -> int:
        """How many units are drawn: as many as there are examples, where a family says nothing else."""
        return len(references)

    def score(self, references: References, predictions: Predictions) -> dict[str, float]:
        """The values of the whole, without those of single labels."""
        return {each.metric: each.value for each in self.measure(references, predictions) if not each.label}

    def confusion(self, references: References, predictions: Predictions) -> Iterable[tuple[str, str]]:
        """Actual and predicted label of each decision; none where there is no choice among labels."""
        return ()

    def tables(self, references: References, predictions: Predictions) -> dict[str, list[Sequence[Any]]]:
        """Further tables for plots, by name: a header, then rows."""
        return {}

    def metric(self, name: str) -> Metric:
        """The metric of that name.

        Raises:
            InputError: the family has none; the nearest name is told.
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
        InputError: there is none; the nearest name is told.
    """
    return plugins.load("pipelines.evaluation.families", name).FAMILY
