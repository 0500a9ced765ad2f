"""One, two and three layers, and one layer as large as three, in a tagger and in a language model."""

from collections.abc import Iterator
from pathlib import Path

SEEDS = (1, 2, 3)
UNITS = 64
# Layers, units of each, and what the network is called; the units of the last one make it as large as three layers.
TAGGERS = ((1, UNITS, "1 layer"), (2, UNITS, "2 layers"), (3, UNITS, "3 layers"), (1, 152, "1 wide layer"))
MODELS = ((1, UNITS, "1 layer"), (2, UNITS, "2 layers"), (3, UNITS, "3 layers"), (1, 128, "1 wide layer"))
TRAIN, DEV, TEST = 120_000, 8_000, 20_000  # characters
SETTINGS = {"model": {"chunk_tokens": 25}, "training": {"batch_size": 16, "epochs": 2}}


def measure(data: Path, vectors: Path, characters: Path) -> Iterator[dict]:
    """The scores of each network and seed: accuracy of a tagger, nats a character of a language model."""
    from studies.training import experiment, of_one_text, recurrent_parameters, scores, scores_of, trained

    for seed in SEEDS:
        for depth, units, name in TAGGERS:
            settings = {"training": {"epochs": 4}, "cell": {"depth": depth, "units": units}}
            dataset, words = data / "toy_pos", vectors / "english_skip_gram"
            ready = experiment("pos_tagging", "bilstm", seed, dataset, words, examples=1000, settings=settings)
            trained(ready)
            yield {
                "task": "parts of speech",
                "network": name,
                "seed": seed,
                "score": round(scores(ready, dataset)["accuracy"], 2),
                "parameters": recurrent_parameters(ready),
            }
    for seed in SEEDS:
        for depth, units, name in MODELS:
            settings = {**SETTINGS, "cell": {"depth": depth, "units": units, "dropout": 0.0}}
            ready = experiment("text_generation", "lstm", seed, characters, vectors / "random", settings=settings)
            ready, test = of_one_text(ready, TRAIN, DEV, TEST)
            trained(ready)
            yield {
                "task": "characters",
                "network": name,
                "seed": seed,
                "score": round(scores_of(ready, [test])["nats_per_character"], 4),
                "parameters": recurrent_parameters(ready),
            }
