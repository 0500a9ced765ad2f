"""Taggers that read forwards, and others of equal size that read in both directions."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SEEDS = (1, 2, 3, 4, 5)
PLANTED_SEEDS = (11, 12, 13, 14, 15, 16, 17)  # settings were found with seeds 1 and 2
FORWARDS, BOTH = "forwards", "in both directions"
# Task, its configuration, data and figure.
TAGGING = (
    ("parts of speech", "pos_tagging", "toy_pos", "accuracy"),
    ("entities", "ner", "toy_ner", "span_f1"),
)
# By how it reads: the cell's configuration, and the units that make for equal numbers of parameters.
TAGGERS = {FORWARDS: ("lstm", 100), BOTH: ("bilstm", 64)}

# Sentences about names that are a fruit's and a firm's: what follows decides, or what stands before.
NAMES = ("apple", "orange", "mango", "peach", "kiwi", "blackberry")
KINDS = ("fruit", "firm")
ENDINGS = (
    ("grows in gardens", "ripens in summer", "falls from trees", "tastes very sweet"),
    ("sells new telephones", "hires many people", "pays no taxes", "buys another company"),
)
OPENINGS = (("the sweet fruit", "a ripe fruit"), ("the rich company", "a big company"))
NEUTRAL = ("is here again", "was there before", "came last year")
BETWEEN = ("now", "today", "here", "often", "again", "soon", "there", "still")
RIGHT, LEFT = "to the right", "to the left"
PLACED = 3  # words before a name whose opening decides
PLANTED_UNITS = {FORWARDS: 50, BOTH: 32}  # 16,600 and 16,640 parameters
BATCHES = 150


def measure(data: Path, vectors: Path) -> Iterator[dict]:
    """The accuracy on planted names, and the scores of the project's taggers on test."""
    yield from planted()
    yield from tagged(data, vectors / "english_skip_gram")


def tagged(data: Path, vectors: Path) -> Iterator[dict]:
    """The scores on test of each task, way of reading and seed."""
    from studies.training import experiment, recurrent_parameters, scores, trained

    for name, task, dataset, figure in TAGGING:
        for seed in SEEDS:
            for reads, (cell, units) in TAGGERS.items():
                settings = {"training": {"epochs": 4}, "cell": {"units": units}}
                ready = experiment(task, cell, seed, data / dataset, vectors, examples=1000, settings=settings)
                trained(ready)
                yield {
                    "task": name,
                    "reads": reads,
                    "seed": seed,
                    "score": round(scores(ready, data / dataset)[figure], 2),
                    "parameters": recurrent_parameters(ready),
                }


def planted() -> Iterator[dict]:
    """How often each network knows whether a name is a fruit's or a firm's, by the side on which that is told."""
    from pipelines.training.seeding import seed_everything

    for seed in PLANTED_SEEDS:
        for reads in (FORWARDS, BOTH):
            seed_everything(seed)
            model = learned(reads, seed)
            for side in (RIGHT, LEFT):
                token_ids, labels, place = sentences(np.random.default_rng(seed + 1000), 500, 3, side)
                right = model.predict_on_batch(token_ids)[:, place].argmax(axis=-1) == labels
                yield {"task": "planted", "reads": reads, "seed": seed, "side": side, "accuracy": float(right.mean())}


def learned(reads: str, seed: int) -> Any:
    """A small tagger, trained on sentences of both kinds; only names count."""
    import keras

    from studies.recall import both_directions, recurrent_layer
    from studies.trainer import trainer

    units, words = PLANTED_UNITS[reads], keras.Input((None,), dtype="int32")
    uniform = keras.initializers.RandomUniform(-0.5, 0.5, seed=seed)
    vectors = keras.layers.Embedding(len(WORDS), 32, embeddings_initializer=uniform)(words)
    layer = (both_directions if reads == BOTH else recurrent_layer)("lstm", units, seed)
    outputs, *_ = layer(vectors)
    draw = keras.initializers.GlorotUniform(seed=seed)
    model = keras.Model(words, keras.layers.Dense(len(KINDS), kernel_initializer=draw)(outputs))
    train, random = trainer(model), np.random.default_rng(seed)
    for step in range(BATCHES):
        token_ids, labels, place = sentences(random, 64, int(random.integers(1, 6)), (RIGHT, LEFT)[step % 2])
        weights = np.zeros(token_ids.shape, "float32")
        weights[:, place] = 1
        train(token_ids, np.repeat(labels[:, None], token_ids.shape[1], axis=1), weights)
    return model


def sentences(random: np.random.Generator, count: int, between: int, side: str) -> tuple[Any, Any, int]:
    """So many sentences of equal length: ids, int32 (count, time), the kinds of their names, and where these stand.

    Args:
        random: the generator.
        count: of sentences.
        between: words that tell nothing, between the name and what decides.
        side: of the name, on which that is.
    """
    labels, texts = random.integers(len(KINDS), size=count), []
    for label in labels:
        name, filler = random.choice(NAMES), " ".join(random.choice(BETWEEN, between))
        if side == RIGHT:
            texts.append(f"{name} {filler} {random.choice(ENDINGS[label])}")
        else:
            texts.append(f"{random.choice(OPENINGS[label])} {filler} {name} {random.choice(NEUTRAL)}")
    ids = np.array([[WORDS[word] for word in text.split()] for text in texts], "int32")
    return ids, labels, 0 if side == RIGHT else PLACED + between


def _words(texts: Sequence[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(sorted({word for text in texts for word in text.split()}))}


WORDS = _words((*NAMES, *BETWEEN, *NEUTRAL, *(text for texts in (*ENDINGS, *OPENINGS) for text in texts)))
