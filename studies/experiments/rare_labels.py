"""Classifiers and taggers of a label that few texts have, with plain, weighted and focal losses."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from embeddings.foundation.files import write_json
from pipelines.data.examples import Example, write_examples
from pipelines.datasets.counts import count_names
from pipelines.datasets.toy.sentences import Sentence, sentences

SEEDS = (1, 2, 3, 4, 5)
SIZES = {"train": 2000, "dev": 1000, "test": 3000}
SHARE = 0.04  # of the texts that have the rare label
LOSSES: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "weighted": {"class_weights": "balanced"},
    "focal": {"focal_gamma": 2.0},
}
# Task, its configuration, cell, the metric that picks the epoch, and of the rare label: its name and its figures.
TASKS = (
    ("one label", "sentiment", "bigru", "macro_f1", "negative", ("f1", "precision", "recall")),
    ("several labels", "multilabel_classification", "bigru", "macro_f1", "LOC", ("f1", "precision", "recall")),
    ("entities", "ner", "bilstm", "span_f1", "LOC", ("span_f1", "span_precision", "span_recall")),
)
TRAINING = {"epochs": 8, "patience": 8}


def measure(vectors: Path) -> Iterator[dict]:
    """F1, precision and recall of the rare label on test, and the headline, for each task, loss and seed."""
    from dataclasses import replace

    from pipelines.data.examples import read_examples
    from studies.training import experiment, trained

    with tempfile.TemporaryDirectory() as folder:
        for name, task, cell, monitor, rare, figures in TASKS:
            dataset = Path(folder) / f"rare_{task}"
            write_dataset(dataset, task, rare)
            test = list(read_examples(dataset / "test.jsonl"))
            for seed in SEEDS:
                for loss, keys in LOSSES.items():
                    settings = {"training": {**TRAINING, **keys}}
                    ready = experiment(task, cell, seed, dataset, vectors / "english_skip_gram", settings=settings)
                    ready.task.config = replace(ready.task.config, monitor=monitor)
                    trained(ready)
                    found = ready.family.statistic(test, list(ready.task.predict(ready.engine, test))).whole()
                    scores = [round(found.get((figure, rare), 0.0), 2) for figure in figures]
                    row = dict(zip(("f1", "precision", "recall"), scores, strict=True))
                    yield {"task": name, "loss": loss, "seed": seed, **row, monitor: round(found[monitor, ""], 2)}


def write_dataset(folder: Path, task: str, rare: str) -> None:
    """Writes sentences of the grammar as a prepared dataset, in which so many texts as `SHARE` have the rare label.

    Args:
        folder: where.
        task: which is to learn from it.
        rare: the label.
    """
    drawn: dict[tuple[str, bool], list[Sentence]] = {}
    wanted = {
        (split, is_rare): round(size * (SHARE if is_rare else 1 - SHARE))
        for split, size in SIZES.items()
        for is_rare in (False, True)
    }
    stream = sentences(1)
    while any(len(drawn.get(kind, ())) < size for kind, size in wanted.items()):
        split, sentence = next(stream)
        kind = ("test" if split == "unlabelled" else split, rare in known_of(sentence))
        of_kind = drawn.setdefault(kind, [])
        if len(of_kind) < wanted[kind]:
            of_kind.append(sentence)
    for split in SIZES:
        both = [each for is_rare in (True, False) for each in drawn[split, is_rare]]
        write_examples(folder / f"{split}.jsonl", (example(task, split, n, each) for n, each in enumerate(both)))
    write_json(folder / "counts.json", count_names(folder / "train.jsonl"))
    languages = {"language": "en", "target_language": ""}
    tokenizers = {"tokens": "words", "target_tokens": None}
    write_json(folder / "dataset.json", {"name": folder.name, **languages, "tokenizers": tokenizers})


def known_of(sentence: Sentence) -> Sequence[str]:
    """The sentiment of a sentence, and the types of its entities."""
    return sorted({sentence.label, *(tag[2:] for tag in sentence.entities if tag != "O")})


def example(task: str, split: str, number: int, sentence: Sentence) -> Example:
    """A sentence as a task learns it."""
    known: dict[str, Any] = {
        "sentiment": {"label": sentence.label},
        "multilabel_classification": {"labels": tuple(known_of(sentence))},
        "ner": {"tags": sentence.entities},
    }[task]
    return Example(f"{split}-{number}", sentence.text, tuple(form for form, _ in sentence.tokens), **known)
