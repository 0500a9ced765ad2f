"""Counts of words, labels and tags in train, as prepare writes them: a dataset's `counts.json`."""

from pathlib import Path
from typing import Annotated, TypedDict

from msgspec import Meta

from embeddings.foundation.limits import PARSED_BYTES
from embeddings.foundation.reading import read_json

Counted = dict[str, Annotated[int, Meta(ge=1)]]


class Counts(TypedDict):
    """How often each word, label and tag occurs in train."""

    tokens: Counted
    labels: Counted
    tags: Counted
    target_tokens: Counted


def read_counts(folder: Path) -> Counts:
    """Reads the counts of a prepared dataset.

    Raises:
        InputError: there are none, or they are of another shape.
    """
    return read_json(folder / "counts.json", Counts, PARSED_BYTES)
