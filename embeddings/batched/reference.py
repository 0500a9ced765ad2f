"""The updates of `kernel.py` in NumPy, with the same random numbers; slow."""

from collections.abc import Iterable, Sequence

import numpy as np

from embeddings.batched.kernel import DRAWN_BITS, Settings, Tables


class Random:
    """The original program's generator."""

    def __init__(self, state: int) -> None:
        self.state = state

    def bits(self, count: int) -> int:
        """So many random bits, as a number."""
        self.state = (self.state * 25214903917 + 11) % 2**48
        return self.state >> (48 - count)


def train(
    lines: Iterable[Sequence[int]], rates: Iterable[float], random: Random, tables: Tables, settings: Settings
) -> None:
    """Trains on lines of words' rows, each with its learning rate."""
    for line, rate in zip(lines, rates, strict=True):
        kept = [word for word in line if random.bits(32) <= tables.kept_up_to[word]]
        for middle, word in enumerate(kept):
            reach = settings.window - random.bits(32) % settings.window
            contexts = kept[max(0, middle - reach) : middle] + kept[middle + 1 : middle + 1 + reach]
            if not contexts:
                continue
            drawn = [
                int(np.searchsorted(tables.cumulative, random.bits(DRAWN_BITS)))
                for _ in range(settings.negative_samples)
            ]
            update(contexts, [word, *(each for each in drawn if each != word)], rate, tables, settings.cbow)


def update(contexts: Sequence[int], targets: Sequence[int], rate: float, tables: Tables, cbow: bool) -> None:
    """One window.

    Args:
        contexts: the context words.
        targets: the middle word, and the negative samples.
        rate: learning rate.
        tables: whose rows are updated.
        cbow: whether contexts are averaged.
    """
    x, w = tables.vectors[contexts], tables.output_weights[targets]
    if cbow:
        x = x.mean(axis=0, keepdims=True)
    labels = np.eye(1, len(targets))
    g = rate * (labels - 1 / (1 + np.exp(-(x @ w.T))))
    np.add.at(tables.vectors, contexts, g @ w)
    np.add.at(tables.output_weights, targets, g.T @ x)
