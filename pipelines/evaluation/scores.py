"""Every number of a metric family, with its interval and its signature."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from pipelines.evaluation.family import Family, Predictions, References
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.significance import INTERVAL, LEVEL, NO_INTERVAL, RESAMPLES, bootstrap, interval


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
    """The value of a metric, its 95 % interval, and the signature that says how it was computed.

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

    def write(self, metric: Metric) -> str:
        """The value and its interval as text."""
        return f"{metric.write(self.value)} [{metric.write(self.low)}, {metric.write(self.high)}]"


def evaluate(family: Family, references: References, predictions: Predictions, context: Context) -> list[Score]:
    """Every number of a metric family with its interval and signature.

    Args:
        family: the metric family.
        references: examples of one split.
        predictions: a prediction for each, in the same order.
        context: what the signatures say of the data and of the resampling.
    """
    statistic = family.statistic(references, predictions)
    resampled = bootstrap(statistic.values, statistic.units, seed=context.seed, resamples=context.resamples)
    method = INTERVAL if statistic.units > 1 else NO_INTERVAL
    about = {
        "examples": len(references),
        "tokens": "gold" if context.gold_tokens else "raw",
        "dataset": context.dataset,
        "data_version": context.data_version,
        "split": context.split,
        "interval": method,
        "level": LEVEL,
        "resamples": context.resamples,
        "unit": family.UNIT,
        "seed": context.seed,
    }
    library = {"lib": statistic.library, "version": version(statistic.library)}
    scores = []
    for (metric, label), value in statistic.whole().items():
        low, high = interval(resampled[metric, label])
        made = {
            "metric": metric,
            **({"label": label} if label else {}),
            **library,
            **statistic.options[metric, label],
        }
        scores.append(
            Score(
                metric=metric,
                label=label,
                value=round(value, 4),
                low=round(low, 4),
                high=round(high, 4),
                interval_method=method,
                examples=len(references),
                signature=signature({**made, **about}),
            )
        )
    return scores


def signature(fields: Mapping[str, Any]) -> str:
    """How a number was computed, as `key:value|key:value`, after sacreBLEU's signatures.

    Reference: Post 2018, "A Call for Clarity in Reporting BLEU Scores" (the version string).
    """
    return "|".join(f"{key}:{str(value).lower() if value is None else value}" for key, value in fields.items())
