"""Windowed linear tagger: each token by itself, from its word and two words to each side."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from pipelines.baselines import Predict
from pipelines.baselines.threads import one_thread
from pipelines.data.examples import Example

LEARNS = "tags"
REACH = 2  # words to each side
BOUNDARY = "\n"  # stands for words outside the sentence; no token holds a line feed


def features(word: str) -> dict[str, str]:
    """What of a word is seen: the word, its lower case, its shape, its first and last one to three letters."""
    lower = word.lower()
    letters = ("X" if char.isupper() else "x" if char.islower() else "0" if char.isdigit() else char for char in word)
    shape = re.sub(r"(.)\1+", r"\1", "".join(letters))
    prefixes = {f"prefix of {n}": lower[:n] for n in (1, 2, 3)}
    suffixes = {f"suffix of {n}": lower[-n:] for n in (1, 2, 3)}
    return {"word": word, "lower case": lower, "shape": shape, **prefixes, **suffixes}


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Fits a linear support vector machine, one tag against the rest.

    Every feature of a word counts separately at each of the five positions. The penalty is, of 0.1, 0.3
    and 1, the best on the dev splits of UD English-EWT and UNER. Tags are chosen one by one.

    Args:
        train: tagged sentences.
        seed: of the solver, which visits the tokens in random order.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.svm import LinearSVC

    vectorizer = DictVectorizer()

    def windows(examples: Sequence[Example]) -> csr_matrix:
        """The features of every token and its neighbours: (tokens, positions times features)."""
        margin = [BOUNDARY] * REACH
        words = [word for example in examples for word in (*margin, *example.tokens, *margin)]
        type_ids = {word: number for number, word in enumerate(dict.fromkeys(words))}
        of_types = vectorizer.transform([features(word) for word in type_ids])
        ids = np.array([type_ids[word] for word in words])
        tokens = np.flatnonzero(ids != type_ids[BOUNDARY])
        return csr_matrix(hstack([of_types[ids[tokens + offset]] for offset in range(-REACH, REACH + 1)]))

    tags = [tag for example in train for tag in example.tags or ()]
    vectorizer.fit([features(word) for word in {BOUNDARY, *(token for example in train for token in example.tokens)}])
    model = LinearSVC(C=0.1, tol=0.01, random_state=seed)
    with one_thread():
        model.fit(windows(train), tags)

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        any_tokens = any(example.tokens for example in examples)
        chosen = iter(np.asarray(model.predict(windows(examples))).tolist() if any_tokens else ())
        for example in examples:
            yield {"id": example.id, "tags": list(islice(chosen, len(example.tokens)))}

    return predict
