"""A language model's state, carried from one chunk of a text to the next or reset, in training and in reading."""

import contextlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.batches.chunks import CarriedBatches

SEEDS = (1, 2, 3, 4, 5)
CHUNK = 20  # characters
TRAIN, DEV, TEST = 160_000, 8_000, 20_000  # characters
READ_AT_ONCE = 1_000  # characters, states carried; how many changes no probability
CARRIED, RESET = "carried", "reset"
SETTINGS = {
    "model": {"chunk_tokens": CHUNK},
    "training": {"batch_size": 32, "epochs": 3},
    "cell": {"dropout": 0.0},
}


def measure(characters: Path, vectors: Path) -> Iterator[dict]:
    """The nats of each character of a chunk, by how the model was trained, how it reads, and the seed."""
    from studies.training import experiment, of_one_text

    for seed in SEEDS:
        for trained in (CARRIED, RESET):
            ready = experiment("text_generation", "lstm", seed, characters, vectors / "random", settings=SETTINGS)
            ready, test = of_one_text(ready, TRAIN, DEV, TEST)
            learn(ready, trained)
            for read in (CARRIED, RESET):
                for position, nats in enumerate(nats_by_position(ready, test, read), start=1):
                    yield {
                        "trained": trained,
                        "read": read,
                        "seed": seed,
                        "position": position,
                        "nats": round(float(nats), 4),
                    }


def learn(ready: Any, trained: str) -> None:
    """Trains a language model; the epoch is picked by dev, read as training reads."""
    from pipelines.training.fit import fit

    task, training = ready.task, ready.task.config.training
    (text,), (dev,) = ready.splits["train"], ready.splits["dev"]
    kind = CarriedBatches if trained == CARRIED else Forgetful
    batches = kind([task.encode(text)], task.collate, training.batch_size, CHUNK, ready.run.seed)

    def evaluate() -> dict[str, float]:
        return {task.config.monitor: float(nats_by_position(ready, dev, trained).mean())}

    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        fit(
            ready.model,
            task.loss(),
            batches,
            evaluate,
            training,
            task.config.monitor,
            task.cell.clip_norm,
            Path(folder) / "history.csv",
            better="lower",
        )


class Forgetful(CarriedBatches):
    """Batches of which no row goes on from the batch before, so that each chunk begins with states of zero."""

    def epoch(self) -> Iterator[tuple]:
        """Yields the batches of a new epoch."""
        for (token_ids, continues), targets, weights in super().epoch():
            yield (token_ids, np.zeros_like(continues)), targets, weights


def nats_by_position(ready: Any, text: Any, read: str) -> Any:
    """The mean of -log p of a character, float (CHUNK,), by its place in a chunk; whole chunks count."""
    from pipelines.models.reading import log_probabilities

    ids = ready.task.source(text).source
    whole = (len(ids) - 1) // CHUNK * CHUNK
    ids = ids[: whole + 1]
    if read == CARRIED:
        (found,) = log_probabilities(ready.engine, [ids], READ_AT_ONCE)
    else:
        chunks = [ids[start : start + CHUNK + 1] for start in range(0, whole, CHUNK)]
        found = np.concatenate(log_probabilities(ready.engine, chunks, CHUNK))
    return -found.reshape(-1, CHUNK).mean(axis=0)
