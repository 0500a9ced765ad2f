"""Counts of words, labels and tags in train, from which vocabularies are built."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from pipelines.data.examples import Example, names_of, read_examples


class NameCounts:
    """Counts of words, labels and tags, in the order in which they have occurred first."""

    def __init__(self) -> None:
        self.kinds: dict[str, Counter[str]] = {
            kind: Counter() for kind in ("tokens", "labels", "tags", "target_tokens")
        }

    def add(self, example: Example) -> None:
        """Counts those of an example."""
        self.kinds["tokens"].update(example.tokens)
        self.kinds["tags"].update(example.tags or ())
        self.kinds["target_tokens"].update(example.target_tokens or ())
        self.kinds["labels"].update(names_of(example))

    def add_counts(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Adds the `kinds` of examples that follow."""
        for kind, names in counts.items():
            self.kinds[kind].update(names)

    def by_frequency(self) -> dict[str, dict[str, int]]:
        """The counts, the most frequent first."""
        return {kind: dict(names.most_common()) for kind, names in self.kinds.items()}


def count_names(train: Path | None) -> dict[str, dict[str, int]]:
    """Counts of words, labels and tags in train, the most frequent first; empty where there is no train."""
    counts = NameCounts()
    for example in read_examples(train) if train else ():
        counts.add(example)
    return counts.by_frequency()
