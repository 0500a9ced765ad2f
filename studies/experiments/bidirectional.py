"""Taggers and translators that read forwards, and others of equal size that read in both directions."""

from collections.abc import Iterator
from pathlib import Path

SEEDS = (1, 2, 3, 4, 5)
TRANSLATION_SEEDS = (1, 2, 3)  # a translator takes as long as four taggers
FORWARDS, BOTH = "forwards", "in both directions"
# Task, its configuration, data and figure.
TAGGING = (
    ("parts of speech", "pos_tagging", "toy_pos", "accuracy"),
    ("entities", "ner", "toy_ner", "span_f1"),
)
# By how it reads: the cell's configuration, and the units that make for equal numbers of parameters.
TAGGERS = {FORWARDS: ("lstm", 100), BOTH: ("bilstm", 64)}
TRANSLATORS = {FORWARDS: ("gru", 84), BOTH: ("bigru", 64)}


def measure(data: Path, vectors: Path) -> Iterator[dict]:
    """The scores on test of each task, way of reading and seed."""
    from studies.training import experiment, recurrent_parameters, scores, trained

    english, russian = vectors / "english_skip_gram", vectors / "russian_skip_gram"
    for name, task, dataset, figure in TAGGING:
        for seed in SEEDS:
            for reads, (cell, units) in TAGGERS.items():
                settings = {"training": {"epochs": 4}, "cell": {"units": units}}
                ready = experiment(task, cell, seed, data / dataset, english, examples=1000, settings=settings)
                trained(ready)
                yield {
                    "task": name,
                    "reads": reads,
                    "seed": seed,
                    "score": round(scores(ready, data / dataset)[figure], 2),
                    "parameters": recurrent_parameters(ready),
                }
    dataset = data / "toy_translation"
    for seed in TRANSLATION_SEEDS:
        for reads, (cell, units) in TRANSLATORS.items():
            settings = {"training": {"epochs": 5}, "cell": {"units": units, "dropout": 0.0}}
            ready = experiment("translation", cell, seed, dataset, english, russian, dev_examples=50, settings=settings)
            trained(ready)
            yield {
                "task": "translation",
                "reads": reads,
                "seed": seed,
                "score": round(scores(ready, dataset)["bleu"], 2),
                "parameters": recurrent_parameters(ready),
            }
