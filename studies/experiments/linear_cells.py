"""Cells whose gates read the input alone beside the LSTM: recall over a gap, gradients, and characters modelled."""

import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

SEEDS = (1, 2, 3)
LSTM, LINEAR = "lstm", ("min_gru", "min_lstm", "qrnn")
CELLS = {LSTM: "lstm", "min_gru": "min_gru_3x512", "min_lstm": "min_lstm_3x512", "qrnn": "qrnn"}  # configurations
BIASES = DEFAULT, RAISED = 1.0, 3.0  # of the forget gate
GAPS = (2, 10, 50, 200)
DISTANCES = (0, 1, 2, 5, 10, 20, 40, 60, 80, 100)
UNITS = 64
TRAIN, DEV, TEST, EPOCHS = 80_000, 8_000, 20_000, 3  # characters
CHUNK = 20  # characters


def measure(data: Path, vectors: Path, characters: Path) -> Iterator[dict]:
    """Rows of three parts: recall, gradient, language model."""
    yield from recalled(data)
    for seed in SEEDS:
        yield from modelled(characters, vectors, seed)


def recalled(data: Path) -> Iterator[dict]:
    """The accuracy of each cell at each gap, and the gradient in the trained network by distance from the end."""
    from pipelines.training.seeding import seed_everything
    from studies.gradients import carried_states, read
    from studies.recall import Texts, accuracy, classifier, learn, recurrent_layer

    texts = Texts(data)
    for cell, bias in [(LSTM, None), *product(LINEAR, BIASES)]:
        own = {} if bias is None else {"forget_bias": bias}
        for seed in SEEDS:
            seed_everything(seed)
            layer = recurrent_layer(cell, UNITS, seed, **own)
            model = classifier(layer, texts.words, seed)
            learn(model, texts, (2, max(GAPS)), seed, steps=400)
            kind = {"cell": cell, **own, "seed": seed}
            for gap in GAPS:
                yield {"part": "recall", **kind, "gap": gap, "accuracy": accuracy(model, texts, gap, seed)}
            if bias == RAISED:
                continue
            norms, _ = read(model, *texts.draw(np.random.default_rng(seed), 64, max(DISTANCES), "test"))
            values = norms[carried_states(layer.cell)[-1]]  # of an LSTM, its cell state
            for distance in DISTANCES:
                norm = float(f"{values[-1 - distance]:.4g}")
                yield {"part": "gradient", **kind, "distance": distance, "norm": norm}


def modelled(characters: Path, vectors: Path, seed: int) -> Iterator[dict]:
    """Nats on held-out text of cells with as many parameters, after as many epochs and after as much processor time."""
    rows: dict[str, dict] = {}
    paces: dict[str, float] = {}
    for cell in CELLS:
        rows[cell], paces[cell] = language_model(cell, characters, vectors, seed, EPOCHS)
        yield {"equal": "parameters", **rows[cell]}
    for cell in LINEAR:
        epochs = max(1, round(EPOCHS * paces[cell] / paces[LSTM]))
        again = epochs != EPOCHS  # else it is the same training
        row = language_model(cell, characters, vectors, seed, epochs)[0] if again else rows[cell]
        yield {"equal": "time", **row}


def language_model(cell: str, characters: Path, vectors: Path, seed: int, epochs: int) -> tuple[dict, float]:
    """A row of a trained language model, and the characters that it learned from in a second of a processor."""
    from studies.training import experiment, of_one_text, recurrent_parameters, scores_of, trained_at_pace

    settings = {
        "model": {"chunk_tokens": CHUNK},
        "training": {"batch_size": 32, "epochs": epochs, "patience": epochs},
        "cell": {"units": units_of(cell), "depth": 1, "dropout": 0.0},
    }
    ready = experiment("text_generation", CELLS[cell], seed, characters, vectors / "random", settings=settings)
    ready, test = of_one_text(ready, TRAIN, DEV, TEST)
    pace = trained_at_pace(ready, time.process_time)
    row = {
        "part": "language model",
        "cell": cell,
        "seed": seed,
        "nats": round(float(scores_of(ready, [test])["nats_per_character"]), 4),
        "epochs": epochs,
        "tokens_per_second": round(pace),
        "parameters": recurrent_parameters(ready),
    }
    return row, pace


def units_of(cell: str) -> int:
    """The units with which a layer has about as many parameters as an LSTM of `UNITS`, both on as wide inputs."""
    return UNITS if cell == LSTM else round(parameters(LSTM, UNITS) / parameters(cell, 1))


def parameters(cell: str, units: int) -> int:
    """Of a layer on `UNITS` features."""
    from studies.recall import recurrent_layer

    layer: Any = recurrent_layer(cell, units, 1)
    layer.build((None, None, UNITS))
    return layer.count_params()
