"""The built-in data: sentences of the toy grammar, written as files in standard formats and read from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from embeddings.foundation.limits import SENTENCES, check_limit
from pipelines.data.examples import Example
from pipelines.datasets.config import SPLITS
from pipelines.datasets.sources import files
from pipelines.datasets.toy.writer import write_files


@dataclass(frozen=True, kw_only=True)
class Source(files.Source):
    """Files that the grammar writes, `<split>` with `.conllu`, `.iob2`, `.tsv`, `.en` or `.ru`, and their reader."""

    source: str = "toy"
    sentences: dict[str, int]  # split -> number of sentences

    def __post_init__(self) -> None:
        super().__post_init__()
        for split, number in self.sentences.items():
            if split not in SPLITS:
                raise InputError(f"unknown split {split!r} in `sentences`{nearest(split, list(SPLITS))}")
            if number < 1:
                raise InputError(f"expected at least 1 of `sentences` of split {split!r}, got {number}")
            check_limit("`sentences`", f"of split {split!r}", SENTENCES, number)
        for split, of_split in self.files.items():
            if split not in self.sentences:
                raise InputError(f"expected a number of `sentences` of split {split!r}, got none")
            if any(file.sha256 or file.url or file.url_sha256 for file in of_split):
                raise InputError("toy: expected only the path of each file, since the grammar writes it")

    def read(self, folder: Path) -> Mapping[str, Iterator[Example]]:
        """Writes the sentences into `folder`, and reads the files that the configuration names."""
        write_files(folder, self.seed, self.sentences)
        return self.read_paths({split: [folder / file.path for file in each] for split, each in self.files.items()})
