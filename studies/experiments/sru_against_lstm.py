"""The simple recurrent unit beside the LSTM: the pace of the layer alone and of a whole task, and scores."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

SEEDS = (1, 2, 3, 4, 5)
ONE_LSTM, ONE_SRU, TWO_SRUS = "LSTM", "SRU", "two SRUs"
NETWORKS = {ONE_LSTM: ("lstm", 1), ONE_SRU: ("sru", 1), TWO_SRUS: ("sru", 2)}  # cell, layers
UNITS = (64, 256)  # of a layer that is timed alone, and features of what it reads
TEXTS, WORDS = 32, 100  # of a batch that is timed
ROUNDS = 5  # of which the fastest is a seed's time: whatever else a machine does takes time, and gives none
# Task, its configuration, data, figure, whether in both directions, examples of train, epochs.
TASKS = (
    ("sentiment", "sentiment", "toy_sentiment", "accuracy", False, 2000, 4),
    ("parts of speech", "pos_tagging", "toy_pos", "accuracy", True, 1200, 3),
)


def measure(data: Path, vectors: Path) -> Iterator[dict]:
    """Rows of two parts: a training step of the layers alone; pace and score on test of the tasks."""
    for seed in SEEDS:
        for units in UNITS:
            yield from alone(units, seed)
    for seed in SEEDS:
        yield from tasks(data, vectors, seed)


def alone(units: int, seed: int) -> Iterator[dict]:
    """Words a second of a step forwards and back through the layers of each network and nothing else."""
    steps = {network: step(*of, units, seed) for network, of in NETWORKS.items()}
    sequences = np.random.default_rng(seed).standard_normal((TEXTS, WORDS, units), "float32")
    fastest = dict.fromkeys(steps, float("inf"))
    for round_number in range(1 + ROUNDS):
        for network, run in steps.items():  # in turn, so that all of them see the same machine
            begin = time.perf_counter()
            run(sequences)
            if round_number:  # in the first one all is compiled
                fastest[network] = min(fastest[network], time.perf_counter() - begin)
    for network, seconds in fastest.items():
        kind = {"part": "layer", "units": units, "network": network, "seed": seed}
        yield {**kind, "tokens_per_second": round(TEXTS * WORDS / seconds)}


def step(cell: str, depth: int, units: int, seed: int) -> Any:
    """A function of sequences that gives the gradients of a stack of layers."""
    import keras
    import tensorflow

    from studies.recall import recurrent_layer

    inputs = outputs = keras.Input((None, units))
    for number in range(depth):
        layer = recurrent_layer(cell, units, seed + number)
        layer.name = f"layer_{number}"
        outputs, *_ = layer(outputs)
    model = keras.Model(inputs, outputs)

    def gradients(sequences: Any) -> Any:
        with tensorflow.GradientTape() as tape:
            loss = tensorflow.reduce_sum(model(sequences, training=True))
        return tape.gradient(loss, [weight.value for weight in model.trainable_weights])

    traced = tensorflow.function(gradients).get_concrete_function(tensorflow.TensorSpec((TEXTS, WORDS, units)))
    return lambda sequences: [gradient.numpy() for gradient in traced(tensorflow.constant(sequences))]


def tasks(data: Path, vectors: Path, seed: int) -> Iterator[dict]:
    """The score on test and the pace of training of each task and network."""
    from studies.training import experiment, recurrent_parameters, scores, trained_at_pace

    for name, task, dataset, figure, both, examples, epochs in TASKS:
        for network, (cell, depth) in NETWORKS.items():
            config = {"lstm": "bilstm", "sru": "bisru"}[cell]
            settings = {
                "training": {"epochs": epochs, "patience": epochs},
                "cell": {"bidirectional": both, "depth": depth},
            }
            ready = experiment(
                task, config, seed, data / dataset, vectors / "english_skip_gram",
                examples=examples, dev_examples=200, settings=settings,
            )  # fmt: skip
            pace = trained_at_pace(ready)
            yield {
                "part": "task",
                "task": name,
                "network": network,
                "seed": seed,
                "score": round(scores(ready, data / dataset)[figure], 2),
                "tokens_per_second": round(pace),
                "parameters": recurrent_parameters(ready),
            }
