"""Rows that lack the label which the others have: those of train become the split unlabelled."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from embeddings.foundation.files import atomic_file
from pipelines.data.examples import Example, as_row, read_examples
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.left_out import LeftOut
from pipelines.datasets.spans import SpannedText

UNLABELLED = "unlabelled"
SET_APART = "without a label, set apart as unlabelled"
LEFT_OUT = "without a label, left out"


def with_unlabelled_apart(
    config: DatasetConfig, given: Mapping[str, Iterable[Example]], folder: Path, counts: Mapping[str, Counter[str]]
) -> Iterator[tuple[str, Iterable[Example]]]:
    """The splits of a dataset, each to be read before the next; where it may have rows without a label, these apart.

    Vectors may be trained on the split unlabelled, but never on dev or test: there such rows are left out.

    Args:
        config: the dataset's.
        given: its splits.
        folder: of the dataset, for rows without a label while train is read.
        counts: of `SET_APART` and `LEFT_OUT`, by split; added to as the splits are read.
    """
    splits = dict(given)
    if not config.sets_apart():
        yield from splits.items()
        return
    own = splits.pop(UNLABELLED, None)
    waiting = folder / "without_label.jsonl"
    for split, examples in splits.items():
        yield (
            split,
            _to_file(examples, waiting, counts[SET_APART])
            if split == "train"
            else _labelled(examples, split, counts[LEFT_OUT]),
        )
    if own is not None or counts[SET_APART]:
        yield UNLABELLED, chain(own or (), read_examples(waiting) if counts[SET_APART] else ())
    waiting.unlink(missing_ok=True)


def has_target(example: Example) -> bool:
    """Whether an example has anything that a task predicts, or is left out for another reason."""
    known = (example.label, example.labels, example.tags, example.target_text, example.target_tokens)
    return isinstance(example, SpannedText | LeftOut) or any(each is not None for each in known)


def _to_file(examples: Iterable[Example], path: Path, counts: Counter[str]) -> Iterator[Example]:
    """The examples of train that have a label; the others are written to a file."""
    with atomic_file(path) as file:
        for example in examples:
            if has_target(example):
                yield example
            else:
                file.write(json.dumps(as_row(example), ensure_ascii=False) + "\n")
                counts["train"] += 1


def _labelled(examples: Iterable[Example], split: str, others: Counter[str]) -> Iterator[Example]:
    for example in examples:
        if has_target(example):
            yield example
        else:
            others[split] += 1
