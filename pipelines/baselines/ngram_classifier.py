"""A linear classifier of the n-grams of token ids: what an ensemble has beside its runs."""

import time
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import Normalizer

from embeddings.foundation.cost import peak_memory_megabytes
from embeddings.foundation.errors import InputError
from pipelines.baselines.nb_svm import log_count_ratio
from pipelines.baselines.tfidf_logistic_regression import learned

MINIMUM_TEXTS = 2  # of train that an n-gram is in


class NgramClassifier(NamedTuple):
    """Logits of a text: w x / |x| + b, where x has the scale of each n-gram that is in the text, and else zero."""

    ngrams: list[tuple[int, ...]]  # words, then word pairs
    scales: np.ndarray  # float32 (n-grams,)
    weights: np.ndarray  # float32 (n-grams, labels)
    biases: np.ndarray  # float32 (labels,)


def fit(texts: Iterable[Sequence[int]], labels: Sequence[str], seed: int) -> NgramClassifier:
    """Fits a logistic regression, its penalty by cross-validation, to n-grams scaled by their log-count ratio.

    Of more than two labels, each against the rest, an n-gram has the ratio that is farthest from zero.

    Args:
        texts: token ids as a model reads them.
        labels: of the texts.
        seed: of the folds.

    Raises:
        InputError: no word is in enough texts.

    Reference:
        Wang and Manning 2012, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", section 2.1.
    """
    vectorizer = CountVectorizer(binary=True, min_df=MINIMUM_TEXTS, dtype=np.float32)
    try:
        presence = vectorizer.set_params(analyzer=ngrams_of).fit_transform(texts)
    except ValueError as error:
        raise InputError(f"--ngrams: expected a word that {MINIMUM_TEXTS} texts of train have; leave it out") from error
    search = learned(presence, labels, seed, before=(LogCountScaler(), Normalizer()))
    scaler, *_, model = getattr(search, "best_estimator_", search)
    ngrams = vectorizer.get_feature_names_out()
    order = sorted(range(len(ngrams)), key=lambda place: (len(ngrams[place]), ngrams[place]))
    weights, biases = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn has the log odds of the second label
        weights, biases = weights * [0, 1], biases * [0, 1]
    return NgramClassifier(
        [ngrams[place] for place in order],
        scaler.scales[order].astype("float32"),
        weights[order].astype("float32"),
        biases.astype("float32"),
    )


class LogCountScaler(TransformerMixin, BaseEstimator):
    """Scales each n-gram by its log-count ratio, learned from the texts of a fold's train alone."""

    def fit(self, presence: Any, labels: Sequence[str]) -> "LogCountScaler":
        """Learns `scales`, float64 (n-grams,), from presence, sparse (texts, n-grams), and the texts' labels."""
        of_texts = np.array(labels)
        names = np.unique(of_texts)
        ratios = np.array([log_count_ratio(presence, of_texts == name) for name in names[len(names) == 2 :]])
        farthest = np.abs(ratios).argmax(axis=0)
        self.scales = np.take_along_axis(ratios, farthest[None], axis=0)[0]
        return self

    def transform(self, presence: Any) -> Any:
        """Presence x scale, sparse (texts, n-grams)."""
        return presence.multiply(self.scales).tocsr()


def ngrams_of(tokens: Sequence[int]) -> list[tuple[int, ...]]:
    """The words of a text, and its pairs of neighbours."""
    return [*((token,) for token in tokens), *pairwise(tokens)]


def fit_at_cost(
    texts: Sequence[Sequence[int]], labels: Sequence[str], seed: int
) -> tuple[NgramClassifier, dict[str, float]]:
    """What `fit` gives, and what it cost, in the form of a run's cost file."""
    begin = time.perf_counter()
    fitted = fit(texts, labels, seed)
    seconds = time.perf_counter() - begin
    return fitted, {
        "wall_seconds": round(seconds, 2),
        "training_seconds": round(seconds, 2),
        "tokens_per_second": round(sum(map(len, texts)) / seconds),
        "parameters": fitted.weights.size,
        "trainable_parameters": fitted.weights.size,
        "peak_memory_megabytes": peak_memory_megabytes(),
    }
