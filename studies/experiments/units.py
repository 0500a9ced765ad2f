"""A language model of the characters of short reviews: how much one unit, and how much all, tell of their sentiment."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.data.examples import Example, read_examples
from studies.trainer import trainer

SEEDS = (1, 2, 3, 4, 5)
UNITS, STEPS, ROWS, CHUNK = 64, 800, 32, 64  # of training, in windows of so many characters
UNTRAINED, TRAINED = "untrained", "trained"
PROBED = 2000  # texts of train from which the probes learn
SHOWN = 80  # characters of a text that is drawn, at most


def measure(data: Path) -> Iterator[dict]:
    """Accuracies on test of all units and of the best one, before and after training, and what that one does."""
    from pipelines.probing.regression import fit_probe

    splits = ("train", "dev", "test")
    train, dev, test = (list(read_examples(data / "toy_sentiment" / f"{split}.jsonl")) for split in splits)
    parts = train[:PROBED], dev, test
    known_labels, dev_labels, asked_labels = ([str(each.label) for each in part] for part in parts)
    ids = {character: number for number, character in enumerate(sorted({c for each in train for c in each.text}), 2)}
    for seed in SEEDS:
        model, states = networks(len(ids) + 2, seed)
        for network in (UNTRAINED, TRAINED):
            if network == TRAINED:
                yield {"part": "model", "seed": seed, "nats": round(learn(model, train, ids, seed), 4)}
            known, judged, asked = (last(states, [each.text for each in part], ids) for part in parts)
            probe = fit_probe(known, known_labels, judged, dev_labels, seed)
            row = {"part": "probe", "network": network, "seed": seed, "unit": probe.unit}
            for units, said in (("one", probe.by_unit(asked)), ("all", probe.by_all_units(asked))):
                right = float((said == np.array(asked_labels)).mean())
                yield {**row, "units": units, "accuracy": round(100 * right, 2)}
            if network == TRAINED and seed == SEEDS[0]:
                yield from texts_by_unit(states, test, ids, probe)


def networks(kinds: int, seed: int) -> tuple[Any, Any]:
    """A model of the next character, and one of the cell states after the last."""
    import keras

    from pipelines.training.seeding import seed_everything
    from studies.recall import recurrent_layer

    seed_everything(seed)
    characters = keras.Input((None,), dtype="int32")
    layer, vectors = recurrent_layer("lstm", UNITS, seed), keras.layers.Embedding(kinds, 32)(characters)
    outputs, *_ = layer(vectors)
    *_, cells = layer(vectors, mask=keras.ops.not_equal(characters, 0))
    model = keras.Model(characters, keras.layers.Dense(kinds)(outputs))
    return model, keras.Model(characters, cells)


def encode(text: str, ids: dict[str, int]) -> list[int]:
    """The characters of a text; zero ends it, one is a character that train has not."""
    return [ids.get(character, 1) for character in text] + [0]


def learn(model: Any, train: Sequence[Example], ids: dict[str, int], seed: int) -> float:
    """Trains on windows of all texts in a row; labels are not read. The mean loss of the last twenty steps."""
    text = np.array([number for each in train for number in encode(each.text, ids)], "int32")
    train_step, random, losses = trainer(model, 0.01), np.random.default_rng(seed), []
    for _ in range(STEPS):
        starts = random.integers(len(text) - CHUNK, size=ROWS)
        windows = text[starts[:, None] + np.arange(CHUNK + 1)]
        losses.append(train_step(windows[:, :-1], windows[:, 1:]))
    return float(np.mean(losses[-20:]))


def last(states: Any, texts: Sequence[str], ids: dict[str, int]) -> np.ndarray:
    """The cell state after the last character of each text, float (texts, units)."""
    encoded = [encode(text, ids)[:-1] for text in texts]
    found = []
    for start in range(0, len(encoded), 250):
        some = encoded[start : start + 250]
        rows = np.zeros((len(some), max(map(len, some))), "int32")
        for row, each in zip(rows, some, strict=True):
            row[: len(each)] = each
        found.append(states.predict_on_batch(rows))
    return np.concatenate(found)


def texts_by_unit(states: Any, test: Sequence[Example], ids: dict[str, int], probe: Any) -> Iterator[dict]:
    """What the unit says after each character, above zero for praise: the first short text of each label."""
    sign = 1 if probe.above == "positive" else -1
    for label in ("positive", "negative"):
        text = next(each.text for each in test if each.label == label and len(each.text) <= SHOWN)
        values = last(states, [text[:end] for end in range(1, len(text) + 1)], ids)[:, probe.unit]
        said = [float(f"{sign * (value - probe.threshold.value):.3g}") for value in values]
        yield {"part": "text", "label": label, "text": text, "unit": probe.unit, "states": said}
