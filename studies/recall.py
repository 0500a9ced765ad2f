"""Texts whose end asks for a word that stands far before it, and the classifiers that read them.

"I grew up in France. ... I speak fluent ___": what lies between is running text of news, so many words of it. The
short-range twin asks for a word right before: "... The clouds are in the ___".
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.foundation import plugins
from embeddings.foundation.errors import InputError
from pipelines.data.examples import read_examples
from studies.trainer import trainer

COUNTRIES = ("france", "italy", "germany", "russia", "spain", "japan", "china", "greece")  # and their languages
THINGS = ("clouds", "fishes", "trees", "books", "cars", "sheep", "stars", "boats")  # and where they are
LONG_RANGE = ("i grew up in {} .", ". i speak fluent", COUNTRIES)
SHORT_RANGE = ("", ". the {} are in the", THINGS)
CLASSES = len(COUNTRIES)
LEARNED = 0.9  # the share of right answers from which a network counts as having learned a question
EVERY, FRESH = 25, 200  # batches between two tests of whether it has; texts of such a test
# Of networks that learn one gap; their settings were found with seeds 1 and 2, what counts as learned with 11 to 13.
SEEDS = (14, 15, 16, 17, 18, 19, 20)
MOST = 300  # batches, after which a network counts as not having learned


class Texts:
    """Draws texts of a cue, running words and a question, as ids of words.

    Args:
        data: folder of prepared datasets; `lee_news` gives the running words.
        short_range: whether the question itself holds the cue.
        before: how many running words stand before the opening, which holds the cue of a long range.
    """

    def __init__(self, data: Path, short_range: bool = False, before: int = 0) -> None:
        path = data / "lee_news" / "unlabelled.jsonl"
        if not path.exists():
            raise InputError(f"{path}: no such file; run `dvc repro prepare@lee_news` first")
        self.before = before
        self.opening, self.question, self.cues = SHORT_RANGE if short_range else LONG_RANGE
        words = [word.lower() for example in read_examples(path) for word in example.tokens]
        words = [word for word in words if word not in self.cues]
        fixed = f"{self.opening} {self.question}".split()
        known = sorted({*words, *self.cues, *fixed})
        self.ids = {word: number for number, word in enumerate(known, start=1)}
        self.words = len(known) + 1
        news: Any = np.array([self.ids[word] for word in words], "int32")
        share = len(news) * 9 // 10
        self.running = {"train": news[:share], "test": news[share:]}

    def draw(self, random: np.random.Generator, count: int, gap: int, split: str = "train") -> tuple[Any, Any]:
        """So many texts with `gap` running words: ids, int32 (count, time), and the classes of their cues.

        Args:
            random: the generator.
            count: of texts.
            gap: running words of a text, between opening and question.
            split: train or test; they share no running words.
        """
        labels = random.integers(CLASSES, size=count)
        starts = random.integers(len(self.running[split]) - self.before - gap, size=count)
        running = self.running[split][starts[:, None] + np.arange(self.before + gap)]
        sides = [
            np.array([[self.ids[word] for word in side.format(cue).split()] for cue in self.cues], "int32")
            for side in (self.opening, self.question)
        ]
        parts = [side.reshape(CLASSES, -1)[labels] for side in sides]
        return np.concatenate(
            [running[:, : self.before], parts[0], running[:, self.before :], parts[1]], axis=1
        ), labels


def recurrent_layer(cell: str, units: int, seed: int, **own: Any) -> Any:
    """One layer of a cell of Elman, with keys of its own, which returns its outputs and its last states."""
    return plugins.load("pipelines.cells", cell, "layer").layer(units, cell, seed, **own)


def both_directions(cell: str, units: int, seed: int) -> Any:
    """Two layers of a cell, of which one reads from the end; outputs of a step stand beside each other."""
    import keras

    backwards = recurrent_layer(cell, units, seed + 100, go_backwards=True)
    return keras.layers.Bidirectional(recurrent_layer(cell, units, seed), backward_layer=backwards)


def classifier(layer: Any, words: int, seed: int, width: int = 32, classes: int = CLASSES) -> Any:
    """Word vectors, learned with the rest; a recurrent layer; classes from its last output."""
    import keras

    token_ids = keras.Input((None,), dtype="int32")
    uniform = keras.initializers.RandomUniform(-0.5, 0.5, seed=seed)
    vectors = keras.layers.Embedding(words, width, embeddings_initializer=uniform, name="words")(token_ids)
    outputs, *_ = layer(vectors)
    draw = keras.initializers.GlorotUniform(seed=seed)
    return keras.Model(token_ids, keras.layers.Dense(classes, kernel_initializer=draw, name="classes")(outputs[:, -1]))


def learning(
    model: Any,
    texts: Texts,
    gaps: tuple[int, int],
    seed: int,
    steps: int,
    optimizer: Any = None,
    batch_size: int = 64,
) -> Iterator[tuple[int, float]]:
    """Trains a classifier on fresh texts, all of a batch with the same gap.

    Args:
        model: from `classifier`.
        texts: what is drawn from.
        gaps: the shortest and the longest; a batch's is drawn from between, its logarithm uniformly.
        seed: of the draws.
        steps: of training.
        optimizer: Adam at 0.003, gradients clipped at a norm of one, if not given.
        batch_size: texts a step.

    Yields:
        The number of each step, from one, and its loss.
    """
    train, random = trainer(model, optimizer=optimizer), np.random.default_rng(seed)
    for step in range(1, steps + 1):
        gap = round(float(np.exp(random.uniform(*np.log(gaps)))))
        yield step, train(*texts.draw(random, batch_size, gap))


def learn(*arguments: Any, **settings: Any) -> list[float]:
    """Trains a classifier as `learning` does, to the end; gives the loss of each step."""
    return [loss for _, loss in learning(*arguments, **settings)]


def batches_to_learn(model: Any, texts: Texts, gap: int, seed: int) -> int | None:
    """Trains a classifier on one gap until it has learned the question; gives the batches that took, or none if even
    `MOST` were too few."""
    for step, _ in learning(model, texts, (gap, gap), seed, MOST):
        if step % EVERY == 0 and accuracy(model, texts, gap, seed + step, FRESH) >= LEARNED:
            return step
    return None


def of_one_gap(texts: Texts, cell: str, bias: float | None, gap: int, seed: int) -> tuple[Any, dict[str, Any]]:
    """A classifier of 64 units that has learned one gap, or tried to; and a row of figures.

    Args:
        texts: what is learned.
        cell: of the recurrent layer.
        bias: of the gate that keeps the state, at first; none for a simple RNN, which has no gates.
        gap: words between cue and question.
        seed: of initial weights and texts.
    """
    from pipelines.training.seeding import seed_everything

    seed_everything(seed)
    layer = recurrent_layer(cell, 64, seed)
    model = classifier(layer, texts.words, seed)
    if bias is not None:
        open_gates(layer, bias)
    batches = batches_to_learn(model, texts, gap, seed)
    kind = {"question": "France, one gap", "cell": cell, "bias": bias, "gap": gap, "seed": seed}
    return model, {**kind, "batches": batches, "accuracy": accuracy(model, texts, gap, seed)}


def open_gates(layer: Any, bias: float) -> None:
    """Sets the bias of the gate that keeps the state, of a layer that is built: an LSTM's and an SRU's forget gate, a
    GRU's update gate."""
    block = {"LSTMCell": 1, "GRUCell": 0, "SRUCell": 0}[type(layer.cell).__name__]
    values = np.array(layer.cell.bias)
    values.reshape(-1)[block * layer.units : (block + 1) * layer.units] = bias
    layer.cell.bias.assign(values)


def accuracy(model: Any, texts: Texts, gap: int, seed: int, count: int = 500) -> float:
    """The share of fresh texts, of words that training did not read, whose cue is told."""
    token_ids, labels = texts.draw(np.random.default_rng(seed + 1000), count, gap, "test")
    return float((model.predict_on_batch(token_ids).argmax(axis=-1) == labels).mean())
