"""The probability of a word by its spelling: what an open vocabulary gives to words that a model does not know."""

from collections.abc import Iterable, Sequence

import numpy as np

from pipelines.data.ngrams import UNKNOWN, NGrams

LENGTH = 5  # characters of an n-gram
SCALARS = 0x110000 - 0x800  # of Unicode: what a character that no word has shown may be
END = UNKNOWN + 1  # of a word; characters follow


class Spelling:
    """Probabilities of all strings, which add up to one: of each character after the four before it, and of the end.

    It learns from different words, each once, since words that a model meets for the first time are like rare ones. A
    character that stands in none of them is any of Unicode's with equal probability.

    Args:
        words: of train.

    Reference: Mielke & Eisner, "Spell Once, Summon Anywhere: A Two-Level Open-Vocabulary Language Model", AAAI 2019.
    """

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted(set(words))
        letters = sorted(set().union(*known))
        self._ids = {letter: number for number, letter in enumerate(letters, start=END + 1)}
        spelled = [self._spelled(word) for word in known] or [np.array([END])]
        self._model = NGrams.counted(spelled, len(letters) + END + 1, LENGTH)

    def log_probabilities(self, words: Sequence[str]) -> np.ndarray:
        """In nats, float64 (words,)."""
        if not words:
            return np.zeros(0)
        spelled = [self._spelled(word) for word in words]
        letters = np.concatenate(spelled)
        found = np.log(self._model.probabilities_of(spelled, letters)[-1])
        found -= np.log(SCALARS) * (letters == UNKNOWN)
        return np.add.reduceat(found, np.cumsum([0, *map(len, spelled[:-1])]))

    def _spelled(self, word: str) -> np.ndarray:
        return np.array([*(self._ids.get(letter, UNKNOWN) for letter in word), END])
