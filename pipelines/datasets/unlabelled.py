"""Rows that lack the label which the others have: those of train become the split unlabelled."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig

UNLABELLED = "unlabelled"
SET_APART = "without a label, set apart as unlabelled"
LEFT_OUT = "without a label, left out"


def with_unlabelled_apart(
    config: DatasetConfig, folder: Path, counts: Mapping[str, Counter[str]]
) -> Mapping[str, Iterable[Example]]:
    """The splits of a dataset; where it may have rows without a label, these apart from the others.

    Vectors may be trained on the split unlabelled, but never on dev or test: there such rows are left out.

    Args:
        config: the dataset's.
        folder: for files that its source makes.
        counts: of `SET_APART` and `LEFT_OUT`, by split; added to as the splits are read.
    """
    splits = config.read(folder)
    if not config.sets_apart():
        return splits
    found: dict[str, Iterable[Example]] = {
        split: examples if split == UNLABELLED else _labelled(examples, split, counts[LEFT_OUT])
        for split, examples in splits.items()
    }
    if "train" in splits:
        found["train"] = _labelled(splits["train"], "train", Counter())
        apart = (example for example in config.read(folder)["train"] if not has_target(example))
        if first := next(apart, None):
            counted = _counted(chain([first], apart), counts[SET_APART])
            found[UNLABELLED] = chain(splits.get(UNLABELLED, ()), counted)
    return found


def has_target(example: Example) -> bool:
    """Whether an example has anything that a task predicts."""
    known = (example.label, example.labels, example.tags, example.target_text, example.target_tokens)
    return any(each is not None for each in known)


def _labelled(examples: Iterable[Example], split: str, others: Counter[str]) -> Iterator[Example]:
    for example in examples:
        if has_target(example):
            yield example
        else:
            others[split] += 1


def _counted(examples: Iterable[Example], counts: Counter[str]) -> Iterator[Example]:
    for example in examples:
        counts["train"] += 1
        yield example
