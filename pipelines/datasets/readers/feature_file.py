"""Features in a NumPy file, vectors or images, and a text file with a caption or a label of each, one a line."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.features import feature_rows, open_features
from pipelines.data.lines import numbered_lines


def read(
    paths: Sequence[Path], lines: Literal["captions", "labels"] = "captions", scale: float = 1.0
) -> Iterator[Example]:
    """Reads examples, streaming.

    Args:
        paths: a .npy file, (examples, dimensions) or (examples, height, width), and the text file.
        lines: what the lines of the text file are.
        scale: what every number of the features is divided by, such as 255 for the bytes of an image.

    Raises:
        InputError: there are not two files, the first is no whole NumPy file of finite numbers, a line is blank, or
            there are not as many lines as features (told after the last pair).
    """
    if len(paths) != 2:
        raise InputError(f"feature_file: expected two files, features and {lines}, got {len(paths)}")
    if not 0 < scale < float("inf"):
        raise InputError(f"feature_file: expected a finite scale above 0, got {scale}")
    features, text = paths
    examples, written = len(open_features(features)), numbered_lines(text)
    field = "label" if lines == "labels" else "target_text"
    number = 0
    for row, (number, line) in zip(feature_rows(features, scale), islice(written, examples), strict=False):
        if not line.strip():
            raise InputError(f"{text}:{number}: expected one of the {lines}, got a blank line")
        known: dict[str, Any] = {field: line.strip(), "features": row}
        yield Example(f"{features}:{number}", "", (), **known)
    total = number + sum(1 for _ in written)
    if total != examples:
        raise InputError(f"{text}:{total}: expected as many lines as {features} has rows, {examples}, got {total}")
