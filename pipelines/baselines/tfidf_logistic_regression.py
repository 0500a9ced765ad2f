"""TF-IDF and logistic regression: a linear model of the unigrams and bigrams of a text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from pipelines.baselines import Predict
from pipelines.baselines.threads import one_thread
from pipelines.data.examples import Example

LEARNS = "label"
PENALTY_INVERSES = (1.0, 10.0, 100.0)  # scikit-learn's C


def terms(tokens: Sequence[str]) -> list[str]:
    """The tokens of a text, and its pairs of neighbours."""
    return [*tokens, *(f"{first} {second}" for first, second in pairwise(tokens))]


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Fits a logistic regression on (1 + log tf) idf of words and word pairs, rows of length one.

    Args:
        train: labelled texts.
        seed: of the folds.

    Reference:
        Wang and Manning 2012, Baselines and Bigrams.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True).set_params(analyzer=terms)
    features = vectorizer.fit_transform([example.tokens for example in train])
    model = learned(features, [str(example.label) for example in train], seed)

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        if examples:
            yield from predicted(model, vectorizer.transform([example.tokens for example in examples]), examples)

    return predict


def learned(
    features: Any, labels: Sequence[Any], seed: int, scoring: str = "accuracy", before: Sequence[Any] = ()
) -> Any:
    """Fits a logistic regression, scikit-learn's, to features (examples, dimensions), after the transformers `before`.

    The penalty is the one with the best score, accuracy or another of scikit-learn's, in stratified cross-validation on
    train, the strongest of equals; the folds are three, or as many as the rarest label has examples. With fewer than
    two it is the middle one.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.pipeline import make_pipeline

    folds = min(3, *Counter(labels).values())
    model = make_pipeline(*before, LogisticRegression(C=PENALTY_INVERSES[1], max_iter=1000))
    if folds > 1:
        splits = StratifiedKFold(folds, shuffle=True, random_state=seed)
        model = GridSearchCV(model, {"logisticregression__C": PENALTY_INVERSES}, scoring=scoring, cv=splits)
    with one_thread():
        return model.fit(features, labels)


def predicted(model: Any, features: Any, examples: Sequence[Example]) -> Iterator[dict]:
    """The likeliest label of each example, with the probabilities of all."""
    for example, row in zip(examples, model.predict_proba(features).tolist(), strict=True):
        probabilities = dict(zip(model.classes_.tolist(), row, strict=True))
        label = max(probabilities, key=probabilities.__getitem__)
        yield {"id": example.id, "label": label, "probabilities": probabilities}
