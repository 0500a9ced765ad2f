"""An LSTM whose forget gates start open, and one whose forget gates start half closed."""

from collections.abc import Iterator
from pathlib import Path

from studies.recall import Texts, accuracy, classifier, learning

GAPS = (10, 50, 100)
EVERY = 25  # steps of training between two measurements
STEPS = 300


def measure(data: Path) -> Iterator[dict]:
    """The accuracy at each gap, again and again while training goes on, of forget biases of one and of zero."""
    from pipelines.cells.lstm.layer import LSTM
    from pipelines.training.seeding import seed_everything

    texts = Texts(data)
    for bias in (1, 0):
        for seed in (1, 2, 3, 4, 5):
            seed_everything(seed)
            layer = LSTM(32, unit_forget_bias=bool(bias), return_sequences=True, return_state=True)
            model = classifier(layer, texts.words, seed)
            for step, _ in learning(model, texts, (2, max(GAPS)), seed, STEPS):
                for gap in GAPS if step % EVERY == 0 else ():
                    found = accuracy(model, texts, gap, seed, 200)
                    yield {"bias": bias, "seed": seed, "step": step, "gap": gap, "accuracy": found}
