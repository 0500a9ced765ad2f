"""Features in a NumPy file, vectors or images, and a text file with a caption or a label for each, one per line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.features import feature_rows, open_features
from pipelines.datasets.readers import TextReader


@dataclass(frozen=True)
class Reader(TextReader):
    """Features of a .npy file, (examples, dimensions) or (examples, height, width), with the lines of a text file."""

    lines: Literal["captions", "labels"] = "captions"  # what the lines are
    scale: float = 1.0  # what every number of the features is divided by, such as 255 for the bytes of an image

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.scale < float("inf"):
            raise InputError(f"expected a finite scale above 0, got {self.scale}")

    def files_a_split(self) -> int:
        return 2

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads examples, streaming.

        Raises:
            InputError: the first is no whole NumPy file of finite numbers, a line is blank, or there are not as many
                lines as features (raised after the last pair).
        """
        features, text = paths
        examples, written = len(open_features(features)), self.read_lines(text)
        field = "label" if self.lines == "labels" else "target_text"
        number = 0
        for row, (number, line) in zip(feature_rows(features, self.scale), islice(written, examples), strict=False):
            if not line.strip():
                raise InputError(f"{text}:{number}: expected one of the {self.lines}, got a blank line")
            known: dict[str, Any] = {field: line.strip(), "features": row}
            yield Example(f"{features}:{number}", "", (), **known)
        total = number + sum(1 for _ in written)
        if total != examples:
            raise InputError(f"{text}:{total}: expected as many lines as {features} has rows, {examples}, got {total}")
