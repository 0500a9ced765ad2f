"""The distinct words of a batch, as the ids of their characters."""

from collections.abc import Sequence

import numpy as np

from pipelines.batches.batching import pad
from pipelines.text.vocabulary import Vocabulary
from pipelines.text.word_forms import character_ids


def distinct_words(sentences: Sequence[Sequence[str]], characters: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    """The distinct words of a batch.

    Returns:
        Which of them is where, from 1, int32 (batch, time), and 0 at padding; and their character ids, int32
        (words, characters).
    """
    words = dict.fromkeys(token for tokens in sentences for token in tokens)
    numbers = {word: number for number, word in enumerate(words, start=1)}
    word_numbers = pad([[numbers[token] for token in tokens] for tokens in sentences])
    return word_numbers, pad([character_ids(word, characters) for word in words])
