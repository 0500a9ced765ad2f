"""Counts of words, labels and tags in train, from which vocabularies are built."""

from collections import Counter
from pathlib import Path

from pipelines.data.examples import names_of, read_examples


def count_names(train: Path | None) -> dict[str, dict[str, int]]:
    """Counts of words, labels and tags in train, the most frequent first; empty where there is no train."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in ("tokens", "labels", "tags", "target_tokens")}
    for example in read_examples(train) if train else ():
        counts["tokens"].update(example.tokens)
        counts["tags"].update(example.tags or ())
        counts["target_tokens"].update(example.target_tokens or ())
        counts["labels"].update(names_of(example))
    return {kind: dict(names.most_common()) for kind, names in counts.items()}
