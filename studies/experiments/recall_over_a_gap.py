"""How often each cell tells a word from so many words before."""

from collections.abc import Iterator
from pathlib import Path

from studies.recall import Texts, accuracy, classifier, learn, recurrent_layer

CELLS = ("simple_rnn", "lstm", "gru", "sru")
GAPS = (2, 5, 10, 20, 50, 100, 200)


def measure(data: Path) -> Iterator[dict]:
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
