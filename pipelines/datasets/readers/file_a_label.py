"""Plain text whose label is told by its file: one text a line, a file for each label."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import numbered_lines


def read(paths: Sequence[Path], labels: Sequence[Any]) -> Iterator[Example]:
    """Reads labelled texts, streaming; blank lines are passed over.

    Args:
        paths: the files.
        labels: the label of each, a string.

    Raises:
        InputError: there are not as many files as labels.
    """
    if not all(isinstance(label, str) for label in labels):
        raise InputError(
            f"file_a_label: expected labels that are words, got {list(labels)}; put them in quotation marks"
        )
    if len(paths) != len(labels):
        raise InputError(f"file_a_label: expected as many files as labels, got {len(paths)} and {len(labels)}")
    for path, label in zip(paths, labels, strict=True):
        for number, line in numbered_lines(path):
            if line.strip():
                yield Example(f"{path}:{number}", line.strip(), (), label=label)
