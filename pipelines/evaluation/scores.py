"""What a metric family offers, and how each of its numbers gets an interval and a signature."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Protocol, cast

import numpy as np

from embeddings.foundation import plugins
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.counts import Key
from pipelines.evaluation.significance import INTERVAL, LEVEL, NO_INTERVAL, RESAMPLES, bootstrap, interval

References = Sequence[Example]
Predictions = Sequence[Mapping[str, Any]]  # one for each reference, in the same order
Resampler = Callable[[np.ndarray], dict[Key, np.ndarray]]  # float64 (resamples, units) -> percent (resamples,)


@dataclass(frozen=True)
class Measured:
    """A number in percent (log loss in nats, perplexity), with the library and the options that made it."""

    metric: str
    value: float
    library: str
    options: Mapping[str, Any] = field(default_factory=dict)  # those in use: the call and the signature read them
    label: str = ""  # the one label, tag or entity type that the number is about


@dataclass(frozen=True)
class Context:
    """What a signature says of the data and of the resampling."""

    dataset: str
    data_version: str
    split: str
    gold_tokens: bool  # the tokens are the annotators', not a tokenizer's
    seed: int
    resamples: int = RESAMPLES


@dataclass(frozen=True)
class Score:
    """A number in percent, its 95 % interval, and the signature that says how it was computed.

    Of a single unit there is no interval: its ends are the number itself, its method is `none`.
    """

    metric: str
    label: str
    value: float
    low: float
    high: float
    interval_method: str
    examples: int
    signature: str


class Family(Protocol):
    """A module of `pipelines/evaluation` that a task names under `metrics:`."""

    UNIT: str  # what is resampled
    MAIN: tuple[str, ...]  # metrics worth a place in the metrics file and the leaderboard, the first most so

    def units(self, references: References) -> int:
        """How many units are drawn: for most families, as many as there are examples."""
        ...

    def check(self, reference: Example, prediction: Mapping[str, Any]) -> None:
        """Raises an `InputError` where the prediction cannot be one for the reference."""
        ...

    def score(self, references: References, predictions: Predictions) -> dict[str, float]:
        """The values of the whole, in percent."""
        ...

    def measure(self, references: References, predictions: Predictions) -> list[Measured]:
        """Every value, of the whole and of each label."""
        ...

    def resampler(self, references: References, predictions: Predictions) -> Resampler:
        """A function from how often each unit is drawn to the values of `measure` on those draws."""
        ...

    def tables(self, references: References, predictions: Predictions) -> dict[str, list[Sequence[Any]]]:
        """Further tables for plots, by name: a header, then rows."""
        ...

    def confusion(self, references: References, predictions: Predictions) -> Iterable[tuple[str, str]]:
        """Actual and predicted label of each decision."""
        ...


def load_family(name: str) -> Family:
    """Imports a metric family by name."""
    module = plugins.load("pipelines.evaluation", name)
    if not hasattr(module, "MAIN"):
        raise InputError(f"expected `metrics:` to name a metric family, got {name!r}, which holds something else")
    return cast(Family, module)


def totals(measured: Iterable[Measured]) -> dict[str, float]:
    """The values of the whole, without those of single labels."""
    return {each.metric: each.value for each in measured if not each.label}


def evaluate(family: Family, references: References, predictions: Predictions, context: Context) -> list[Score]:
    """Every number of a metric family with its interval and signature.

    Args:
        family: the metric family.
        references: examples of one split.
        predictions: a prediction for each, in the same order.
        context: what the signatures say of the data and of the resampling.
    """
    units = family.units(references)
    resampled = bootstrap(
        family.resampler(references, predictions),
        units,
        seed=context.seed,
        resamples=context.resamples,
    )
    method = INTERVAL if units > 1 else NO_INTERVAL
    scores = []
    for each in family.measure(references, predictions):
        low, high = interval(resampled[each.metric, each.label])
        scores.append(
            Score(
                metric=each.metric,
                label=each.label,
                value=round(each.value, 4),
                low=round(low, 4),
                high=round(high, 4),
                interval_method=method,
                examples=len(references),
                signature=signature(each, family.UNIT, len(references), context, method),
            )
        )
    return scores


def signature(measured: Measured, unit: str, examples: int, context: Context, method: str) -> str:
    """How a number was computed, as `key:value|key:value`, after sacreBLEU's signatures.

    Reference: Post 2018, "A Call for Clarity in Reporting BLEU Scores" (the version string).
    """
    fields = {
        "metric": measured.metric,
        **({"label": measured.label} if measured.label else {}),
        "lib": measured.library,
        "version": version(measured.library),
        **measured.options,
        "examples": examples,
        "tokens": "gold" if context.gold_tokens else "raw",
        "dataset": context.dataset,
        "data_version": context.data_version,
        "split": context.split,
        "interval": method,
        "level": LEVEL,
        "resamples": context.resamples,
        "unit": unit,
        "seed": context.seed,
    }
    return "|".join(f"{key}:{str(value).lower() if value is None else value}" for key, value in fields.items())
