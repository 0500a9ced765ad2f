"""Counts of n-grams, of words or of characters, and the probabilities that Witten and Bell's rule makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LONGEST = 8  # tokens of the longest n-gram that is tried
HELD_OUT = 0.1  # share of train, its end, that chooses how long they are
BEGIN, UNKNOWN = 0, 1  # the first numbers; words follow


@dataclass(frozen=True)
class Counts:
    """Counts of n-grams of one length; a context and an n-gram are whole numbers, sorted."""

    contexts: np.ndarray  # of this length - 1, each from the number of the context one shorter
    events: np.ndarray  # context and token
    of_events: np.ndarray
    of_contexts: np.ndarray
    kinds: np.ndarray  # different tokens that follow a context


@dataclass(frozen=True)
class NGrams:
    """Counts of n-grams of all lengths up to the longest.

    p(w | h) = (c(h w) + k(h) p(w | h')) / (c(h) + k(h)), where c counts, k(h) is the number of different words seen
    after h, and h' is h without its first word; before the first step every word is an unknown one, to be spelled.

    Reference: Witten & Bell, "The Zero-Frequency Problem: Estimating the Probabilities of Novel Events in Adaptive
    Text Compression", IEEE Transactions on Information Theory 37 (1991), method C; interpolated: Chen & Goodman, "An
    Empirical Study of Smoothing Techniques for Language Modeling", 1998, section 2.5.
    """

    words: int  # that numbers may stand for, the beginning of a text and the unknown word included
    counts: tuple[Counts, ...]  # by length, from 1

    @classmethod
    def counted(cls, texts: Sequence[np.ndarray], words: int, longest: int) -> "NGrams":
        """Counts the n-grams of texts, each int64 (tokens,)."""
        tokens = np.concatenate(texts)
        numbers = np.zeros(len(tokens), dtype="int64")  # of each token's context
        contexts = np.zeros(1, dtype="int64")
        counts = []
        for length in range(1, longest + 1):
            if length > 1:
                keys = numbers * words + _backs(texts, length - 1)
                contexts, numbers = np.unique(keys, return_inverse=True)
            events, of_events = np.unique(numbers * words + tokens, return_counts=True)
            behind = events // words
            of_contexts = np.bincount(behind, weights=of_events, minlength=len(contexts))
            counts.append(
                Counts(contexts, events, of_events, of_contexts, np.bincount(behind, minlength=len(contexts)))
            )
        return cls(words, tuple(counts))

    def probabilities(self, text: np.ndarray, tokens: np.ndarray | None = None) -> np.ndarray:
        """The probability of each token of a text after those before it, by n-grams up to each length.

        Args:
            text: int64 (tokens,).
            tokens: asked for in place of the text's own, int64 (tokens,).

        Returns:
            float64 (lengths, tokens).
        """
        return self.probabilities_of([text], text if tokens is None else tokens)

    def probabilities_of(self, texts: Sequence[np.ndarray], tokens: np.ndarray) -> np.ndarray:
        """The probability of the tokens of several texts, or of others in their places: float64 (lengths, tokens)."""
        found = (tokens == UNKNOWN).astype("float64")
        numbers, known = np.zeros(len(tokens), dtype="int64"), np.ones(len(tokens), dtype=bool)
        lengths = []
        for length, table in enumerate(self.counts, start=1):
            if length > 1:
                numbers, here = _places(table.contexts, numbers * self.words + _backs(texts, length - 1))
                known &= here
            places, here = _places(table.events, numbers * self.words + tokens)
            seen = np.where(here, table.of_events[places], 0)
            total, kinds = table.of_contexts[numbers], table.kinds[numbers]
            found = np.where(known, (seen + kinds * found) / (total + kinds), found)
            lengths.append(found)
        return np.array(lengths)


def _back(text: np.ndarray, steps: int) -> np.ndarray:
    """The token so many steps before each one; before a text stands its beginning."""
    return np.concatenate([np.full(min(steps, len(text)), BEGIN), text[:-steps]])


def _backs(texts: Sequence[np.ndarray], steps: int) -> np.ndarray:
    """`_back` of several texts, one after another."""
    return np.concatenate([_back(text, steps) for text in texts])


def _places(table: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where keys stand in a sorted table, and whether they do; a place of the table in any case."""
    places = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return places, table[places] == keys


def best_length(texts: Sequence[np.ndarray], words: int) -> int:
    """The length of n-grams, counted in the beginning of some texts, that gives their end the most probability."""
    border = round((1 - HELD_OUT) * sum(map(len, texts)))
    starts = np.cumsum([0, *map(len, texts[:-1])])
    parts = [np.split(text, [max(0, border - int(start))]) for text, start in zip(texts, starts, strict=True)]
    beginning = [before for before, _ in parts if len(before)]
    model, known = NGrams.counted(beginning, words, LONGEST), np.unique(np.concatenate(beginning))
    ends = [np.where(np.isin(after, known), after, UNKNOWN) for _, after in parts if len(after)]
    scores = [np.log(model.probabilities(end)).sum(axis=1) for end in ends]
    return int(np.sum(scores, axis=0).argmax()) + 1 if scores else LONGEST
