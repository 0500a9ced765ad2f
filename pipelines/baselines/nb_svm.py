"""NB-SVM: a linear classifier of unigrams and bigrams, scaled by their log-count ratios."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pipelines.baselines import Predict
from pipelines.baselines.tfidf_logistic_regression import terms
from pipelines.baselines.threads import one_thread
from pipelines.data.examples import Example

LEARNS = "label"
PENALTY_INVERSE = 1.0  # the paper's C
INTERPOLATION = 0.25  # the paper's beta
SMOOTHING = 1.0  # the paper's alpha


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Fits, for each label against the rest, a linear SVM on presence x log-count ratio, mixed with its mean weight.

    Of two labels the one with the higher score is taken, as of more; equals go to the first in alphabetical order.

    Args:
        train: labelled texts.
        seed: of the solver.

    Reference:
        Wang and Manning 2012, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", section 2.3.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.svm import LinearSVC

    labels = np.array([str(example.label) for example in train])
    names = sorted(set(labels.tolist()))
    vectorizer = CountVectorizer(binary=True).set_params(analyzer=terms)
    presence = vectorizer.fit_transform([example.tokens for example in train]).astype("float64")
    weights, intercepts = [], []
    for name in names[1:] if len(names) == 2 else names:
        inside = labels == name
        ratio = log_count_ratio(presence, inside)
        with one_thread():
            model = LinearSVC(C=PENALTY_INVERSE, random_state=seed).fit(presence.multiply(ratio).tocsr(), inside)
        learned = model.coef_.ravel()
        mixed = (1 - INTERPOLATION) * np.abs(learned).mean() + INTERPOLATION * learned
        weights.append(ratio * mixed)
        intercepts.append(float(model.intercept_[0]))

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        if not examples:
            return
        scores = vectorizer.transform([example.tokens for example in examples]) @ np.array(weights).T + intercepts
        chosen = (scores[:, 0] > 0).astype(int) if len(names) == 2 else scores.argmax(axis=1)
        for example, label in zip(examples, chosen, strict=True):
            yield {"id": example.id, "label": names[label]}

    return predict


def log_count_ratio(presence: Any, inside: np.ndarray) -> np.ndarray:
    """How much more often texts of a label hold each term than others do, as a logarithm, float64 (terms,).

    Args:
        presence: which term occurs in which text, sparse (texts, terms).
        inside: whether each text is of the label, bool (texts,).
    """
    counts = [SMOOTHING + np.asarray(presence[rows].sum(axis=0)).ravel() for rows in (inside, ~inside)]
    return np.log((counts[0] / counts[0].sum()) / (counts[1] / counts[1].sum()))
