"""Every number of a metric family, with its interval and its signature."""

from dataclasses import dataclass
from importlib.metadata import version

from pipelines.evaluation.family import Family, Measured, Predictions, References
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
