"""The embedded data: sentences of the toy grammar, written as files in standard formats and read from them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.sources.files import read_splits
from pipelines.datasets.toy.writer import write_files


def read(config: DatasetConfig, folder: Path) -> Mapping[str, Iterator[Example]]:
    """Writes the splits that `sentences` sizes into `folder`, and reads of them the files that the config names."""
    write_files(folder, config.seed, config.sentences)
    paths = {split: [folder / file.path for file in files] for split, files in config.files.items()}
    return read_splits(config, paths)
