"""Metrics of language models: perplexity of tokens, nats and bits per character of the text.

An unknown token gets the probability of `<unk>` times that of its spelling, by a model of characters that every system
of a dataset shares: it learns from the words of its train. So knowing fewer words is paid for. Characters are those of
the untouched text, white space included, so that models of characters and of words can be compared.

Reference: Brown et al., "An Estimate of an Upper Bound for the Entropy of English", Computational
Linguistics 18 (1992).
"""

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.data.counts import read_counts
from pipelines.data.examples import Example
from pipelines.evaluation.family import Family, Key, Predictions, References, Statistic
from pipelines.evaluation.metrics import Metric
from pipelines.evaluation.spelling import Spelling

LARGEST = float(np.finfo("float32").max)  # as models compute them, so that sums stay finite
BLOCK = 500  # tokens in a row that are drawn together: a single long text has an interval as well
OPTIONS = {"unknown": "spelled", "state": "carried"}


class Perplexity(Family):
    """Metrics of language models.

    Args:
        words: of train, from which spelling is learned.
    """

    UNIT = f"{BLOCK} tokens of a text"
    MAIN = (
        Metric("nats_per_character", better="lower", decimals=4, unit="nats"),
        Metric("bits_per_character", better="lower", decimals=4, unit="bits"),
        Metric("perplexity", better="lower", unit=""),
        Metric("unknown_tokens", better="lower"),
    )

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = words

    @cached_property
    def spelling(self) -> Spelling:
        """The probabilities of spellings."""
        return Spelling(self._words)

    def of_dataset(self, folder: Path) -> "Perplexity":
        """With the words of the dataset's train, if it has any."""
        return Perplexity(read_counts(folder)["tokens"])

    def check(self, reference: Example, prediction: Mapping[str, Any]) -> None:
        """Requires the log-probability of each token, and the positions of those that are unknown."""
        values, unknown = prediction.get("log_probabilities"), prediction.get("unknown")
        if not isinstance(values, list) or len(values) != len(reference.tokens):
            got = len(values) if isinstance(values, list) else repr(values)
            raise InputError(f"expected {len(reference.tokens)} `log_probabilities`, one per token, got {got}")
        if not all(type(value) in (int, float) and -LARGEST <= value <= 0 for value in values):
            raise InputError("expected finite `log_probabilities` of at most 0")
        places = range(len(values))
        if not isinstance(unknown, list) or not all(type(place) is int and place in places for place in unknown):
            raise InputError(f"expected `unknown`, the positions of unknown tokens, got {unknown!r}")

    def statistic(self, references: References, predictions: Predictions, only: Metric | None = None) -> Statistic:
        """Every number on resamples of blocks; a text's last block may be shorter.

        Reference: Carlstein 1986, "The Use of Subseries Values for Estimating the Variance of a General Statistic from
        a Stationary Sequence" (blocks that do not overlap).
        """
        sums = _sums(references, predictions, self.spelling)
        return Statistic(
            len(sums), lambda weights: _values(weights @ sums), {(metric.name, ""): OPTIONS for metric in self.MAIN}
        )


def _sums(references: References, predictions: Predictions, spelling: Spelling) -> np.ndarray:
    """Of each block: nats, tokens, characters, unknown tokens; float64 (blocks, 4). A token has an equal share of
    its text's characters."""
    kinds = sorted(
        {
            reference.tokens[place]
            for reference, row in zip(references, predictions, strict=True)
            for place in row["unknown"]
        }
    )
    spelled = dict(zip(kinds, spelling.log_probabilities(kinds), strict=True))
    sums = []
    for reference, row in zip(references, predictions, strict=True):
        tokens, unknown = len(reference.tokens), np.zeros(len(reference.tokens))
        unknown[row["unknown"]] = 1
        nats = -np.asarray(row["log_probabilities"], dtype=float)
        nats[row["unknown"]] -= [spelled[reference.tokens[place]] for place in row["unknown"]]
        columns = np.stack([nats, np.ones(tokens), np.full(tokens, len(reference.text) / tokens), unknown], axis=1)
        sums.append(np.add.reduceat(columns, np.arange(0, tokens, BLOCK)))
    return np.concatenate(sums)


def _values(sums: np.ndarray) -> dict[Key, np.ndarray]:
    nats, tokens, characters, unknown = sums.T
    a_character = nats / np.maximum(characters, 1)
    perplexity = np.exp(np.minimum(nats / tokens, math.log(np.finfo("float64").max)))  # JSON has no infinity
    return {
        ("nats_per_character", ""): a_character,
        ("bits_per_character", ""): a_character / math.log(2),
        ("perplexity", ""): perplexity,
        ("unknown_tokens", ""): 100 * unknown / tokens,
    }


FAMILY = Perplexity()
