"""One-vs-rest TF-IDF: for each label a logistic regression on the unigrams and bigrams of a text."""

from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.baselines import Predict
from pipelines.baselines.tfidf_logistic_regression import learned, terms
from pipelines.baselines.threads import one_thread
from pipelines.data.examples import Example
from pipelines.data.thresholds import best_thresholds

LEARNS = "labels"
FOLDS = 3


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Fits a logistic regression for each label, on (1 + log tf) idf of words and word pairs, rows of length one.

    The penalty of each is the one with the lowest log loss in cross-validation on train, and its threshold the one with
    the best F1 there. A label that all texts of train have, or only one, has its share as its probability.

    Args:
        train: texts with labels.
        seed: of the folds.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    vectorizer = TfidfVectorizer(sublinear_tf=True).set_params(analyzer=terms)
    features = vectorizer.fit_transform([example.tokens for example in train])
    names = sorted({label for example in train for label in example.labels or ()})
    actual = np.array([[label in (example.labels or ()) for label in names] for example in train])
    models, held_out = [], np.tile(actual.mean(axis=0), (len(train), 1))
    for column, has_label in enumerate(actual.T):
        folds = min(FOLDS, has_label.sum(), (~has_label).sum())
        models.append(learned(features, has_label.tolist(), seed, "neg_log_loss") if folds > 1 else None)
        if folds > 1:
            splits = StratifiedKFold(folds, shuffle=True, random_state=seed)
            model = models[-1].best_estimator_
            with one_thread():
                shares = cross_val_predict(model, features, has_label, cv=splits, method="predict_proba")
            held_out[:, column] = shares[:, 1]
    thresholds = best_thresholds(held_out, actual)

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        if not examples:
            return
        rows = vectorizer.transform([example.tokens for example in examples])
        shares = np.tile(actual.mean(axis=0), (len(examples), 1))
        for column, model in enumerate(models):
            if model:
                shares[:, column] = model.predict_proba(rows)[:, 1]
        for example, row in zip(examples, shares, strict=True):
            chosen = [name for name, is_there in zip(names, row >= thresholds, strict=True) if is_there]
            yield {"id": example.id, "labels": chosen, "probabilities": dict(zip(names, row.tolist(), strict=True))}

    return predict
