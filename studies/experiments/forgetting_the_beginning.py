"""Classifiers of the last states of both directions, asked for a word at the beginning and in the middle of a text.

How many that read forwards alone learn it, the study of recall over a gap has measured.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studies.recall import SEEDS, Texts, accuracy, batches_to_learn, both_directions, classifier

GAP = 100  # words between the cue and the question
BEFORE = {"beginning": 0, "middle": 100}  # words before the cue
UNITS = 32  # of each direction; the network that reads forwards has 64


def measure(data: Path) -> Iterator[dict]:
    """The accuracy of each network, and the batches until it had learned, none if it never did."""
    from pipelines.training.seeding import seed_everything

    for place, before in BEFORE.items():
        texts = Texts(data, before=before)
        for seed in SEEDS:
            seed_everything(seed)
            model = classifier(last_states(seed), texts.words, seed)
            batches = batches_to_learn(model, texts, GAP, seed)
            found = accuracy(model, texts, GAP, seed)
            yield {"place": place, "gap": GAP, "seed": seed, "batches": batches, "accuracy": found}


def last_states(seed: int) -> Any:
    """A simple RNN in each direction, whose outputs are one step: the last states of both."""
    import keras

    layer = both_directions("simple_rnn", UNITS, seed)

    def read(vectors: Any) -> tuple[Any]:
        _, last, first = layer(vectors)
        return (keras.ops.concatenate([last, first], axis=-1)[:, None],)

    return read
