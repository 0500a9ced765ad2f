"""Plain text with one file per label: one text per line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted


@dataclass(frozen=True)
class Reader(TextReader):
    """Labelled texts; blank lines are skipped."""

    labels: tuple[Any, ...]  # of each file, a string

    def __post_init__(self) -> None:
        super().__post_init__()
        if not all(isinstance(label, str) and label and label == label.strip() for label in self.labels):
            advice = "put them in quotation marks, without white space around them"
            raise InputError(f"expected labels that are words, got {list(self.labels)}; {advice}")

    def files_a_split(self) -> int:
        return len(self.labels)

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        for path, label in zip(paths, self.labels, strict=True):
            for number, line in self.read_lines(path):
                if line.strip():
                    yield Example(f"{path}:{number}", line.strip(), (), label=label)

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        labels = [sample.path.name.partition(".")[0] for sample in samples]
        if wanted.field == "label" and len(set(labels)) == len(labels) > 1 and all(sample.texts for sample in samples):
            told = f"the labels may be others: --set options.labels=[{','.join(labels)}]"
            return Recognition(Evidence.LAYOUT, {"labels": labels}, f"a file for each label: {', '.join(labels)}", told)
        return None
