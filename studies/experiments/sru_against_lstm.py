"""The simple recurrent unit beside the LSTM: scores, and words learned from in a second."""

from collections.abc import Iterator
from pathlib import Path

SEEDS = (1, 2, 3, 4, 5)
# Task, its configuration, data, figure, whether in both directions, examples of train, epochs.
TASKS = (
    ("sentiment", "sentiment", "toy_sentiment", "accuracy", False, 2000, 5),
    ("parts of speech", "pos_tagging", "toy_pos", "accuracy", True, 1500, 4),
)
CELLS = {"LSTM": "bilstm", "SRU": "bisru"}


def measure(data: Path, vectors: Path) -> Iterator[dict]:
    """The score on test and the pace of training, of each task, cell and seed."""
    from studies.training import experiment, recurrent_parameters, scores, trained_at_pace

    for name, task, dataset, figure, both, examples, epochs in TASKS:
        for seed in SEEDS:
            for cell, config in CELLS.items():
                settings = {"training": {"epochs": epochs, "patience": epochs}, "cell": {"bidirectional": both}}
                ready = experiment(
                    task, config, seed, data / dataset, vectors / "english_skip_gram",
                    examples=examples, dev_examples=200, settings=settings,
                )  # fmt: skip
                pace = trained_at_pace(ready)
                yield {
                    "task": name,
                    "cell": cell,
                    "seed": seed,
                    "score": round(scores(ready, data / dataset)[figure], 2),
                    "tokens_per_second": round(pace),
                    "parameters": recurrent_parameters(ready),
                }
