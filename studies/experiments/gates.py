"""LSTMs of which one gate is always open, and a GRU as large: characters modelled, and a word recalled over others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

MODEL_SEEDS = (1, 2, 3, 4, 5)
RECALL_SEEDS = (1, 2, 3, 4, 5, 6, 7, 8)
UNITS, LIKE_GRU = 64, 76  # of the LSTM, and of a GRU with as many weights, both on 32 features
# Which of an LSTM's four blocks of weights is a gate that stands open.
LSTM, GRU, NO_INPUT, NO_FORGET, NO_OUTPUT = NETWORKS = (
    "LSTM",
    "GRU",
    "no input gate",
    "no forget gate",
    "no output gate",
)
BLOCKS = {NO_INPUT: 0, NO_FORGET: 1, NO_OUTPUT: 3}
OPEN = 100.0  # of which the sigmoid is one in float32, and its slope zero
TRAIN, TEST, READ = 160_000, 20_020, 20  # characters, and rows in which test is read
ROWS, CHUNK, MODEL_STEPS = 16, 50, 400  # of training
GAP, STEPS = 50, 250  # running words that are asked over, at most, and batches of training


def measure(data: Path, characters: Path) -> Iterator[dict]:
    """Rows of two parts: nats a character of language models, accuracy of recall."""
    yield from modelled(characters)
    yield from recalled(data)


def modelled(characters: Path) -> Iterator[dict]:
    """Nats a character of language models."""
    from pipelines.training.seeding import seed_everything
    from studies.characters import Model, corpus
    from studies.recall import recurrent_layer

    train, test, kinds = corpus(characters, TRAIN, TEST)
    for seed in MODEL_SEEDS:
        for network in NETWORKS:
            seed_everything(seed)
            layer = recurrent_layer("gru" if network == GRU else "lstm", LIKE_GRU if network == GRU else UNITS, seed)
            model = Model(layer, kinds, seed)
            if network in BLOCKS:
                hold_open(layer, BLOCKS[network])
            model.train(train, ROWS, CHUNK, MODEL_STEPS, carried=True)
            row = {"part": "characters", "network": network, "seed": seed}
            yield {
                **row,
                "nats": round(model.nats(test, READ, CHUNK, carried=True), 4),
                "parameters": layer.count_params(),
            }


def recalled(data: Path) -> Iterator[dict]:
    """The share of cues that each network tells after training."""
    from pipelines.training.seeding import seed_everything
    from studies.recall import Texts, accuracy, classifier, learn, recurrent_layer

    texts = Texts(data)
    for seed in RECALL_SEEDS:
        for network in NETWORKS:
            seed_everything(seed)
            layer = recurrent_layer("gru" if network == GRU else "lstm", UNITS // 2, seed)
            model = classifier(layer, texts.words, seed)
            if network in BLOCKS:
                hold_open(layer, BLOCKS[network])
            learn(model, texts, (2, GAP), seed, STEPS)
            found = accuracy(model, texts, GAP, seed)
            yield {"part": "recall", "network": network, "seed": seed, "accuracy": found}


def hold_open(layer: Any, block: int) -> None:
    """Opens one gate of a built LSTM for good: its sigmoid is at its end, where it has no slope to learn from."""
    own = slice(block * layer.units, (block + 1) * layer.units)
    for weight, value in ((layer.cell.kernel, 0.0), (layer.cell.recurrent_kernel, 0.0), (layer.cell.bias, OPEN)):
        values = np.array(weight)
        values[..., own] = value
        weight.assign(values)
