"""One, two and three layers, and one as large as three, on letters with three levels of regularity, to a criterion."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from studies.trainer import trainer

SEEDS = (1, 2, 3, 4, 5, 6, 7, 8)
# Layers, units of each, and what the network is called; the units of the last one make it as large as three layers.
NETWORKS = ((1, 32, "1 layer"), (2, 32, "2 layers"), (3, 32, "3 layers"), (1, 65, "1 wide layer"))
LETTERS, WORDS, PHRASES, LENGTH = 12, 6, 8, 3  # of these letters; words, phrases; letters of a word, words of a phrase
LEVELS = ("inside words", "inside phrases", "between phrases")
STEPS, EVERY, ROWS, TRAINED, TESTED = 600, 25, 32, 6, 12  # batches, between tests, rows, and phrases of a row
CRITERION = 0.02  # nats a letter above what the best prediction has: training ends


@dataclass(frozen=True)
class Language:
    """Letters that make words, words that make phrases, and phrases each of which has two successors."""

    phrases: np.ndarray  # int32 (phrases, letters of one)
    successors: np.ndarray  # int32 (phrases, 2); they begin with different letters

    def draw(self, random: np.random.Generator, rows: int, phrases: int) -> np.ndarray:
        """Texts of so many phrases, int32 (rows, letters)."""
        current = random.integers(len(self.phrases), size=rows)
        texts = []
        for _ in range(phrases):
            texts.append(self.phrases[current])
            current = self.successors[current, random.integers(2, size=rows)]
        return np.concatenate(texts, axis=1)


def language(seed: int) -> Language:
    """A language; each of its words has a first letter of its own, so that only successors are left to chance."""
    random = np.random.default_rng(seed)
    first = random.permutation(LETTERS)[:WORDS]
    words = np.concatenate([first[:, None], random.integers(LETTERS, size=(WORDS, LENGTH - 1))], axis=1)
    opening = np.arange(PHRASES) % WORDS
    spelled = np.concatenate([opening[:, None], random.integers(WORDS, size=(PHRASES, LENGTH - 1))], axis=1)
    successors = []
    for _ in range(PHRASES):
        one, other = random.permutation(WORDS)[:2]  # the words that the two begin with
        successors.append([random.choice(np.flatnonzero(opening == word)) for word in (one, other)])
    return Language(words[spelled].reshape(PHRASES, -1).astype("int32"), np.array(successors, "int32"))


def measure() -> Iterator[dict]:
    """Nats a letter above those of the best prediction, of all letters and by level, while training goes on."""
    for seed in SEEDS:
        for depth, units, name in NETWORKS:
            yield from learned(depth, units, name, seed)


def learned(depth: int, units: int, name: str, seed: int) -> Iterator[dict]:
    """Rows of one network, until it is as good as the criterion."""
    spoken = language(seed)
    random, test = np.random.default_rng(seed), spoken.draw(np.random.default_rng(seed + 1000), 64, TESTED)
    model = network(depth, units, seed)
    train = trainer(model, 0.01)
    parameters = sum(layer.count_params() for layer in model.layers[2:-1])
    for step in range(1, STEPS + 1):
        texts = spoken.draw(random, ROWS, TRAINED)
        train(texts[:, :-1], texts[:, 1:])
        if step % EVERY:
            continue
        excess = above_best(model.predict_on_batch(test[:, :-1]), test)
        row = {"network": name, "seed": seed, "step": step, "parameters": parameters}
        yield {**row, **{level: round(float(nats), 4) for level, nats in excess.items()}}
        if excess["all"] <= CRITERION:
            return


def network(depth: int, units: int, seed: int) -> Any:
    """A model of the next letter."""
    import keras

    from pipelines.training.seeding import seed_everything
    from studies.recall import recurrent_layer

    seed_everything(seed)
    letters = keras.Input((None,), dtype="int32")
    outputs: Any = keras.layers.Embedding(LETTERS, 16)(letters)
    for number in range(depth):
        layer = recurrent_layer("lstm", units, seed + number)
        layer.name = f"layer_{number}"
        outputs, *_ = layer(outputs)
    return keras.Model(letters, keras.layers.Dense(LETTERS)(outputs))


def above_best(logits: np.ndarray, texts: np.ndarray) -> dict[str, float]:
    """Nats a letter above those of the best prediction, by level and of all, after two phrases have been read.

    Args:
        logits: of each letter but the first, float (rows, letters - 1, kinds of letters).
        texts: int32 (rows, letters).
    """
    from scipy.special import log_softmax

    logs = np.take_along_axis(log_softmax(logits.astype("float64"), axis=-1), texts[:, 1:, None], axis=-1)[..., 0]
    place = np.arange(1, texts.shape[1])
    level = np.where(place % LENGTH, 0, np.where(place % LENGTH**2, 1, 2))
    nats = -logs.mean(axis=0) - np.where(level == 2, np.log(2), 0)
    read = place >= 2 * LENGTH**2
    found = {name: float(nats[read & (level == number)].mean()) for number, name in enumerate(LEVELS)}
    return {**found, "all": float(nats[read].mean())}
