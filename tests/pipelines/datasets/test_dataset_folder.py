"""Folders in the layouts of Hugging Face's datasets, written here by pyarrow."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import ipc, parquet

from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.sources.files import folder_checksum

ROWS = [("Fine", 1), ("Dull", 0), ("Good", 1)]
FEATURES = {"label": {"names": ["bad", "good"], "_type": "ClassLabel"}}


def table(rows: list[tuple[str, int]]) -> pyarrow.Table:
    content = pyarrow.table({"text": [text for text, _ in rows], "label": [label for _, label in rows]})
    return content.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": FEATURES}})})


def shards(folder: Path) -> None:
    """As a repository of the hub holds them."""
    (folder / "data").mkdir()
    (folder / "README.md").write_text("---\nlicense: mit\n---\n")
    parquet.write_table(table(ROWS[:1]), folder / "data/train-00000-of-00002.parquet")
    parquet.write_table(table(ROWS[1:2]), folder / "data/train-00001-of-00002.parquet")
    parquet.write_table(table(ROWS[2:]), folder / "data/validation-00000-of-00001.parquet")


def saved(folder: Path) -> None:
    """As `save_to_disk` writes them."""
    (folder / "dataset_dict.json").write_text('{"splits": ["train", "validation"]}')
    for split, rows in (("train", ROWS[:2]), ("validation", ROWS[2:])):
        (folder / split).mkdir()
        (folder / split / "state.json").write_text("{}")
        (folder / split / "dataset_info.json").write_text("{}")
        content = table(rows)
        with ipc.new_stream(str(folder / split / "data-00000-of-00001.arrow"), content.schema) as writer:
            writer.write_table(content)


def as_lines(folder: Path) -> None:
    for split, rows in (("train", ROWS[:2]), ("validation", ROWS[2:])):
        (folder / split).mkdir()
        lines = [json.dumps({"text": text, "label": label}) for text, label in rows]
        (folder / split / "0.jsonl").write_text("\n".join(lines))


def as_tables(folder: Path) -> None:
    (folder / "my_train.csv").write_text("text,label\nFine,1\nDull,0\n")
    (folder / "my_validation.csv").write_text("text,label\nGood,1\n")


def config(**changes: Any) -> DatasetConfig:
    about = {"version": "1", "language": "en", "tokenizer": "words", "licence": "none", "citation": "none"}
    own = {"source": "dataset_folder", "folder": "reviews", "splits": {"train": "train", "dev": "validation"}}
    return build_config(DatasetConfig, {**about, **own, "fields": {"text": "text", "label": "label"}, **changes}, "")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ELMAN_DATA", str(tmp_path))
    (tmp_path / "reviews").mkdir()
    return tmp_path / "reviews"


@pytest.mark.parametrize(
    ("write", "options"),
    [
        (shards, {}),
        (saved, {}),
        (as_lines, {"label_names": ["bad", "good"]}),
        (as_tables, {"label_names": ["bad", "good"]}),
    ],
)
def test_every_layout_gives_the_same_splits(
    folder: Path, write: Callable[[Path], None], options: dict[str, Any]
) -> None:
    write(folder)
    found = config(**options, sha256=folder_checksum(folder)).read(Path())
    assert {split: [(each.text, each.label) for each in examples] for split, examples in found.items()} == {
        "train": [("Fine", "good"), ("Dull", "bad")],
        "dev": [("Good", "good")],
    }


def test_a_folder_whose_files_changed_is_refused(folder: Path) -> None:
    as_tables(folder)
    before = folder_checksum(folder)
    (folder / "my_train.csv").rename(folder / "train.csv")
    with pytest.raises(
        InputError, match=f"reviews: expected sha256 {before} of its files, got [0-9a-f]{{64}}; they are"
    ):
        config(sha256=before).read(Path())


def test_splits_that_the_folder_does_not_tell_apart_are_refused(folder: Path) -> None:
    with pytest.raises(InputError, match=r"reviews: expected files of the split 'train' \(Parquet, .*\), got none"):
        config().read(Path())
    as_tables(folder)
    with pytest.raises(InputError, match=r"expected files of the split 'test' .*, got my_train.csv, my_validation.csv"):
        config(splits={"train": "train", "test": "test"}).read(Path())
    with pytest.raises(InputError, match=r"my_train.csv: expected a file of one split, got one of 'train' and 'my'"):
        config(splits={"train": "train", "test": "my"}).read(Path())
    (folder / "train.jsonl").write_text("{}")
    with pytest.raises(InputError, match=r"expected files of one format in the split 'train', got \.csv, \.jsonl"):
        config().read(Path())
    with pytest.raises(InputError, match=r"train\.jsonl: expected a folder, got a file; `source: files` reads it"):
        config(folder="reviews/train.jsonl").read(Path())


def test_a_row_without_a_column_is_refused_with_its_place(folder: Path) -> None:
    as_tables(folder)
    with pytest.raises(InputError, match=r"my_train\.csv:1: expected a column 'stars', got none"):
        list(config(fields={"text": "text", "label": "stars"}).read(Path())["train"])
