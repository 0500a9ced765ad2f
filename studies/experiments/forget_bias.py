"""LSTMs whose forget gates start half closed, as usual, and open: how many batches they need to learn to remember."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from studies.gradients import DISTANCES, by_distance
from studies.recall import SEEDS, Texts, of_one_gap

BIASES = (0, 1, 3, 5)
GAP = 50
CUTS = ("", "h", "c")  # states through which no gradient passes


def measure(data: Path) -> Iterator[dict]:
    """The batches after which each network recalls nine of ten words, none if it never does; and, of the one that
    starts with the most open gate, the gradients along either of its states."""
    texts = Texts(data)
    for seed in SEEDS:
        sample = texts.draw(np.random.default_rng(seed), 64, max(DISTANCES), "test")
        for bias in BIASES:
            model, row = of_one_gap(texts, "lstm", bias, GAP, seed)
            yield row
            for cut in CUTS if bias == max(BIASES) else ():
                for norm in by_distance(model, sample, cut):
                    yield {**row, "question": "gradient", "cut": cut, **norm}
