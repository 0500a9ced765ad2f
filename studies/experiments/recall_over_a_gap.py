"""How often each cell tells a word from so many words before: networks that learn all gaps, and networks of one gap.

LSTMs of one gap are those of the study of the forget bias.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from studies.gradients import DISTANCES, by_distance
from studies.recall import SEEDS, Texts, accuracy, classifier, learn, of_one_gap, recurrent_layer

CELLS = ("simple_rnn", "lstm", "gru", "sru")
GAPS = (2, 5, 10, 20, 50, 100, 200)
# Networks that learn one gap each: the cell, the bias of the gate that keeps the state, and the gap.
PLAIN = tuple(("simple_rnn", None, gap) for gap in (2, 10, 20, 50, 100))
GATED = (("gru", 0, 50), ("gru", 5, 50), ("sru", 0, 50), ("sru", 5, 50))
WITH_GRADIENT = {("simple_rnn", None, 20), ("simple_rnn", None, 50), ("gru", 5, 50), ("sru", 5, 50)}


def measure(data: Path) -> Iterator[dict]:
    """The accuracy of networks that learn all gaps, for both questions, and of networks that learn one gap."""
    yield from all_gaps(data)
    yield from one_gap(data)


def all_gaps(data: Path) -> Iterator[dict]:
    """The accuracy of each cell at each gap, for both questions."""
    from pipelines.training.seeding import seed_everything

    for short_range in (False, True):
        texts = Texts(data, short_range)
        for cell in CELLS:
            for seed in (1, 2, 3):
                seed_everything(seed)
                model = classifier(recurrent_layer(cell, 64, seed), texts.words, seed)
                learn(model, texts, (2, 200), seed, steps=100 if short_range else 400)
                for gap in GAPS:
                    found = accuracy(model, texts, gap, seed)
                    yield {
                        "question": "clouds" if short_range else "France",
                        "cell": cell,
                        "seed": seed,
                        "gap": gap,
                        "accuracy": found,
                    }


def one_gap(data: Path) -> Iterator[dict]:
    """Of networks that learn one gap until they know the answer: batches, accuracy, and gradients of some."""
    texts = Texts(data)
    for seed in SEEDS:
        sample = texts.draw(np.random.default_rng(seed), 64, max(DISTANCES), "test")
        for network in (*PLAIN, *GATED):
            model, row = of_one_gap(texts, *network, seed)
            yield row
            if network in WITH_GRADIENT:
                for norm in by_distance(model, sample):
                    yield {**row, "question": "gradient", "cut": "", **norm}
