"""A language model of the characters of short reviews: how much one unit, and how much all, tell of their sentiment."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.data.examples import Example, read_examples

SEEDS = (1, 2, 3, 4, 5)
UNITS, STEPS, ROWS, CHUNK = 64, 800, 32, 64  # of training, in windows of so many characters
UNTRAINED, TRAINED = "untrained", "trained"
PROBED = 2000  # texts of train from which the probes learn
SHOWN = 80  # characters of a text that is drawn, at most


def measure(data: Path) -> Iterator[dict]:
    """Accuracies on test of all units and of the best one, before and after training, and what that one does."""
    train, test = (list(read_examples(data / "toy_sentiment" / f"{split}.jsonl")) for split in ("train", "test"))
    ids = {character: number for number, character in enumerate(sorted({c for each in train for c in each.text}), 2)}
    for seed in SEEDS:
        model, states = networks(len(ids) + 2, seed)
        for network in (UNTRAINED, TRAINED):
            if network == TRAINED:
                yield {"part": "model", "seed": seed, "nats": round(learn(model, train, ids, seed), 4)}
            known, asked = (last(states, texts, ids) for texts in (train[:PROBED], test))
            right = {texts: positive(examples) for texts, examples in (("train", train[:PROBED]), ("test", test))}
            unit, threshold, sign = best_unit(known, right["train"])
            row = {"part": "probe", "network": network, "seed": seed}
            one = (sign * (asked[:, unit] - threshold) > 0) == right["test"]
            yield {**row, "units": "one", "unit": unit, "accuracy": round(100 * float(one.mean()), 2)}
            every = all_units(known, right["train"], asked) == right["test"]
            yield {**row, "units": "all", "accuracy": round(100 * float(every.mean()), 2)}
            if network == TRAINED and seed == SEEDS[0]:
                yield from texts_by_unit(states, test, ids, unit, threshold, sign)


def networks(kinds: int, seed: int) -> tuple[Any, Any]:
    """A compiled model of the next character, and one of the states after each."""
    import keras

    from pipelines.models.tracing import trace_once
    from pipelines.training.seeding import seed_everything
    from studies.recall import recurrent_layer

    seed_everything(seed)
    characters = keras.Input((None,), dtype="int32")
    outputs, *_ = recurrent_layer("lstm", UNITS, seed)(keras.layers.Embedding(kinds, 32)(characters))
    model = keras.Model(characters, keras.layers.Dense(kinds)(outputs))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01, global_clipnorm=1.0), loss, jit_compile=False)
    trace_once(model)
    return model, keras.Model(characters, outputs)


def encode(text: str, ids: dict[str, int]) -> list[int]:
    """The characters of a text; zero ends it, one is a character that train has not."""
    return [ids.get(character, 1) for character in text] + [0]


def learn(model: Any, train: Sequence[Example], ids: dict[str, int], seed: int) -> float:
    """Trains on windows of all texts in a row; labels are not read. The mean loss of the last twenty steps."""
    text = np.array([number for each in train for number in encode(each.text, ids)], "int32")
    random, losses = np.random.default_rng(seed), []
    for _ in range(STEPS):
        starts = random.integers(len(text) - CHUNK, size=ROWS)
        windows = text[starts[:, None] + np.arange(CHUNK + 1)]
        losses.append(float(model.train_on_batch(windows[:, :-1], windows[:, 1:], np.ones((ROWS, CHUNK), "float32"))))
    return float(np.mean(losses[-20:]))


def last(states: Any, texts: Sequence[Example], ids: dict[str, int]) -> np.ndarray:
    """The state after each text, float (texts, units)."""
    encoded = [encode(each.text, ids) for each in texts]
    found = []
    for start in range(0, len(encoded), 250):
        some = encoded[start : start + 250]
        rows = np.zeros((len(some), max(map(len, some))), "int32")
        for row, each in zip(rows, some, strict=True):
            row[: len(each)] = each
        outputs = states.predict_on_batch(rows)
        found.append(outputs[np.arange(len(some)), [len(each) - 1 for each in some]])
    return np.concatenate(found)


def positive(examples: Sequence[Example]) -> np.ndarray:
    """Whether each text praises."""
    return np.array([example.label == "positive" for example in examples])


def best_unit(states: np.ndarray, praised: np.ndarray) -> tuple[int, float, int]:
    """The unit that tells the two labels best, the threshold half-way between their means, and the side of praise."""
    above, below = states[praised].mean(axis=0), states[~praised].mean(axis=0)
    thresholds, signs = (above + below) / 2, np.where(above > below, 1, -1)
    right = ((signs * (states - thresholds) > 0) == praised[:, None]).mean(axis=0)
    unit = int(right.argmax())
    return unit, float(thresholds[unit]), int(signs[unit])


def all_units(known: np.ndarray, praised: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Whether each text praises, by logistic regression on all units."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = known.mean(axis=0), known.std(axis=0) + 1e-6
    return LogisticRegression(max_iter=1000).fit((known - mean) / spread, praised).predict((asked - mean) / spread)


def texts_by_unit(
    states: Any, test: Sequence[Example], ids: dict[str, int], unit: int, threshold: float, sign: int
) -> Iterator[dict]:
    """What the unit says after each character, above zero for praise: the first short text of each label."""
    for label in ("positive", "negative"):
        text = next(each.text for each in test if each.label == label and len(each.text) <= SHOWN)
        values = states.predict_on_batch(np.array([encode(text, ids)], "int32"))[0, :, unit]
        said = [float(f"{sign * (value - threshold):.3g}") for value in values]
        yield {"part": "text", "label": label, "text": text, "unit": unit, "states": said}
