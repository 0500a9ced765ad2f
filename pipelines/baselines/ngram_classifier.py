"""A linear classifier of the n-grams of token ids: what an ensemble has beside its runs."""

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from embeddings.foundation.cost import peak_memory_megabytes
from embeddings.foundation.errors import InputError
from pipelines.baselines.tfidf_logistic_regression import learned, terms

MINIMUM_TEXTS = 2  # of train that an n-gram is in


class NgramClassifier(NamedTuple):
    """Logits of a text: w x / |x| + b, where x has the idf of each n-gram that is in the text, and else zero."""

    ngrams: list[tuple[int, ...]]  # words, then word pairs
    idf: np.ndarray  # float32 (n-grams,)
    weights: np.ndarray  # float32 (n-grams, labels)
    biases: np.ndarray  # float32 (labels,)


def fit(texts: Iterable[Sequence[int]], labels: Sequence[str], seed: int) -> NgramClassifier:
    """Fits a logistic regression, its penalty by cross-validation, as that of `tfidf_logistic_regression`.

    Args:
        texts: token ids as a model reads them.
        labels: of the texts.
        seed: of the folds.

    Raises:
        InputError: no word is in enough texts.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = (terms([str(token) for token in text]) for text in texts)
    vectorizer = TfidfVectorizer(binary=True, min_df=MINIMUM_TEXTS, dtype=np.float32)
    try:
        features = vectorizer.set_params(analyzer=list).fit_transform(rows)
    except ValueError as error:
        raise InputError(f"--ngrams: expected a word that {MINIMUM_TEXTS} texts of train have; leave it out") from error
    search = learned(features, labels, seed)
    model = getattr(search, "best_estimator_", search)
    ngrams = [tuple(map(int, name.split())) for name in vectorizer.get_feature_names_out()]
    order = sorted(range(len(ngrams)), key=lambda place: (len(ngrams[place]), ngrams[place]))
    weights, biases = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn has the log odds of the second label
        weights, biases = weights * [0, 1], biases * [0, 1]
    return NgramClassifier(
        [ngrams[place] for place in order],
        vectorizer.idf_[order].astype("float32"),
        weights[order].astype("float32"),
        biases.astype("float32"),
    )


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
