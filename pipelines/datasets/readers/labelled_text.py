"""Labelled text: one text a line with its label beside, `label<TAB>text` or `label text`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import numbered_lines


def read(paths: Sequence[Path], separator: str = "\t", label_first: bool = True) -> Iterator[Example]:
    r"""Reads labelled texts, streaming; blank lines are passed over.

    Args:
        paths: the files, one after another.
        separator: what stands between label and text, a tab or a space: the first one in the line
            where the label comes first, else the last one.
        label_first: whether the label comes before the text.

    Raises:
        InputError: a line without a separator or without a label.
    """
    if not separator:
        raise InputError("labelled_text: expected a separator, got none")
    for path in paths:
        for number, line in numbered_lines(path):
            if not line.strip(" \t"):
                continue
            label, found, text = line.partition(separator)
            if not label_first:
                text, found, label = line.rpartition(separator)
            if not found or not label.strip():
                form = f"label{separator}text" if label_first else f"text{separator}label"
                raise InputError(f"{path}:{number}: expected {form!r}, got {line[:60]!r}; see `options` of the dataset")
            yield Example(id=f"{path}:{number}", text=text, tokens=(), label=label.strip())
