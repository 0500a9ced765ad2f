"""Metrics of translations: sacreBLEU's BLEU and chrF on detokenised output against untouched references."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from embeddings.errors import InputError
from pipelines.data.examples import Example
from pipelines.evaluation.counts import Key
from pipelines.evaluation.scores import Measured, Predictions, References, Resampler, totals

UNIT = "sentence"
units = len
MAIN = ("bleu", "chrf")
LIBRARY = "sacrebleu"
OPTIONS: dict[str, dict[str, Any]] = {  # each is part of sacreBLEU's own signature
    "bleu": {"tokenize": "13a", "lowercase": False, "smooth_method": "exp"},
    "chrf": {"char_order": 6, "word_order": 0, "lowercase": False, "whitespace": False},
}


def check(reference: Example, prediction: Mapping[str, Any]) -> None:
    """Requires the raw reference and the detokenised output."""
    if reference.target_text is None:
        raise InputError("expected an example with a `target_text`, got one without")
    if not isinstance(prediction.get("text"), str):
        raise InputError(f"expected a detokenised `text`, got {prediction.get('text')!r}")


def score(references: References, predictions: Predictions) -> dict[str, float]:
    """BLEU and chrF as sacreBLEU prints them, 0 to 100."""
    return totals(measure(references, predictions))


def measure(references: References, predictions: Predictions) -> list[Measured]:
    """Every value, with sacreBLEU's own signature among its options."""
    outputs, raw = _texts(references, predictions)
    measured = []
    for name, scorer in _scorers().items():
        value = scorer.corpus_score(outputs, [raw]).score
        signature = {key: item for key, item in scorer.get_signature().info.items() if item is not None}
        measured.append(Measured(name, value, LIBRARY, signature))
    return measured


def resampler(references: References, predictions: Predictions) -> Resampler:
    """The values of `measure` on resamples, from the sums of each sentence's n-gram counts."""
    outputs, raw = _texts(references, predictions)
    scorers = _scorers()
    tables = {name: np.array(each._extract_corpus_statistics(outputs, [raw])) for name, each in scorers.items()}

    def metrics(weights: np.ndarray) -> dict[Key, np.ndarray]:
        values = {}
        for name, scorer in scorers.items():
            sums = (weights @ tables[name]).tolist()
            values[name, ""] = np.array([scorer._compute_score_from_stats(row).score for row in sums])
        return values

    return metrics


def tables(references: References, predictions: Predictions) -> dict[str, list[Sequence[Any]]]:
    """None."""
    return {}


def confusion(references: References, predictions: Predictions) -> Sequence[tuple[str, str]]:
    """Nothing: a translation is no choice among labels."""
    return ()


def _scorers() -> dict[str, Any]:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    return {"bleu": BLEU(**OPTIONS["bleu"]), "chrf": CHRF(**OPTIONS["chrf"])}


def _texts(references: References, predictions: Predictions) -> tuple[list[str], list[str]]:
    return [row["text"] for row in predictions], [str(reference.target_text) for reference in references]
