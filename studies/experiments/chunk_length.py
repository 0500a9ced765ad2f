"""Chunks of 10, 50 and 200 characters, with states that are carried from one to the next and with reset ones."""

from collections.abc import Iterator
from pathlib import Path

SEEDS = (1, 2, 3, 4, 5)
CHUNKS = (10, 50, 200)  # characters, back over which gradients run
STEP = 800  # characters of a training step, whatever the chunks: rows of a batch times characters of a chunk
STEPS, UNITS = 400, 64
TRAIN, TEST, READ = 160_000, 20_020, 20  # characters, and rows in which test is read
CARRIED, RESET = "carried", "reset"


def measure(characters: Path) -> Iterator[dict]:
    """Nats a character on held-out text, which is read as the model was trained to read."""
    from pipelines.training.seeding import seed_everything
    from studies.characters import Model, corpus
    from studies.recall import recurrent_layer

    train, test, kinds = corpus(characters, TRAIN, TEST)
    for seed in SEEDS:
        for chunk in CHUNKS:
            for states in (CARRIED, RESET):
                seed_everything(seed)
                model = Model(recurrent_layer("lstm", UNITS, seed), kinds, seed)
                model.train(train, STEP // chunk, chunk, STEPS, states == CARRIED)
                nats = model.nats(test, READ, chunk, states == CARRIED)
                yield {"chunk": chunk, "states": states, "seed": seed, "nats": round(nats, 4)}
