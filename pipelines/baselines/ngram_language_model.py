"""An n-gram language model with Witten-Bell smoothing."""

from collections.abc import Iterator, Sequence

import numpy as np

from pipelines.baselines import Predict
from pipelines.data.examples import Example
from pipelines.data.ngrams import UNKNOWN, NGrams, best_length
from pipelines.text.vocabulary import SPECIAL_WORDS

LEARNS = "tokens"


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Counts n-grams of the length that is best on the end of train."""
    words = sorted(
        {token for example in train for token in example.tokens} - set(SPECIAL_WORDS)
    )  # unknown to runs, too
    ids = {word: number for number, word in enumerate(words, start=UNKNOWN + 1)}
    texts = [encoded(example, ids) for example in train]
    longest = best_length(texts, len(ids) + 2)
    model = NGrams.counted(texts, len(ids) + 2, longest)

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        for example in examples:
            text = encoded(example, ids)
            yield {
                "id": example.id,
                "log_probabilities": np.log(model.probabilities(text)[-1]).round(6).tolist(),
                "unknown": np.flatnonzero(text == UNKNOWN).tolist(),
            }

    return predict


def encoded(example: Example, ids: dict[str, int]) -> np.ndarray:
    """The numbers of a text's tokens, int64 (tokens,)."""
    return np.array([ids.get(token, UNKNOWN) for token in example.tokens])
