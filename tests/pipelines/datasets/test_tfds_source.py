"""The source `tfds`, by a builder made here, and by real ones where they are."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow_datasets as tfds

from embeddings.foundation.config import load_config, read_yaml
from embeddings.foundation.errors import InputError
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.readers import conllu
from pipelines.datasets.sources import tfds as tfds_source

CONFIGS = Path(__file__).parents[3] / "configs" / "datasets"
ABOUT: dict[str, Any] = {"version": "1", "language": "en", "tokenizer": "words", "licence": "none", "citation": "none"}


class TinyReviews(tfds.core.GeneratorBasedBuilder):
    """Four reviews, a feature of every kind that the source maps."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self) -> tfds.core.DatasetInfo:
        features = {
            "label": tfds.features.ClassLabel(names=["neg", "pos"]),
            "words": tfds.features.Sequence(tfds.features.Text()),
            "tags": tfds.features.Sequence(tfds.features.ClassLabel(names=["ADJ", "NOUN", "_"])),
            "pair": {"en": tfds.features.Text(), "ru": tfds.features.Text()},
            "stars": tfds.features.Scalar(np.int64),
        }
        return tfds.core.DatasetInfo(
            builder=self, features=tfds.features.FeaturesDict(features), disable_shuffling=True
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict:
        return {"train": self._generate_examples()}

    def _generate_examples(self) -> Iterator[tuple[int, dict]]:
        rows = [
            ("neg", "Bad film", ["ADJ", "NOUN"], "Плохой фильм"),
            ("pos", "Good films", ["ADJ", "_"], "Хорошие фильмы"),
            (-1, "", [], ""),
            ("pos", "Film", ["NOUN"], "Фильм"),
        ]
        for number, (label, text, tags, russian) in enumerate(rows):
            pair = {"en": text, "ru": russian}
            yield number, {"label": label, "words": text.split(), "tags": tags, "pair": pair, "stars": number}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TFDS folder that holds the tiny builder."""
    folder = tmp_path_factory.mktemp("tfds")
    TinyReviews(data_dir=str(folder)).download_and_prepare()
    return folder


@pytest.fixture
def tiny(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> tfds_source.Source:
    """The config of the tiny builder, found in TFDS_DATA_DIR."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(prepared))
    splits = {"train": "train[:2]", "test": "train[75%:]"}
    return tfds_source.Source(
        **ABOUT,
        builder="tiny_reviews:1.0.0",
        splits=splits,
        features={"text": "pair/en", "label": "label"},
    )


def test_what_tfds_has_to_prepare_first_is_told(tiny: tfds_source.Source, tmp_path: Path, caplog, monkeypatch) -> None:
    def messages() -> list[str]:
        return [record.message for record in caplog.records if record.name.startswith("pipelines")]

    caplog.set_level("INFO", "pipelines")
    tiny.read(Path("unused"))
    assert messages() == []
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    tiny.read(Path("unused"))
    (message,) = messages()
    assert message.startswith(f"tiny_reviews:1.0.0: not in {tmp_path}/tiny_reviews/1.0.0; TFDS downloads")


def test_tfds_features_become_fields(tiny: tfds_source.Source) -> None:
    splits = {split: list(examples) for split, examples in tiny.read(Path("unused")).items()}
    assert [(e.text, e.label, e.tokens) for e in splits["train"]] == [
        ("Bad film", "neg", ()),
        ("Good films", "pos", ()),
    ]
    assert [(e.text, e.label) for e in splits["test"]] == [("Film", "pos")]


def test_tfds_sequences_become_tokens_and_tags(tiny: tfds_source.Source) -> None:
    features = {"tokens": "words", "tags": "tags", "target_text": "pair/ru"}
    first, second, empty, _ = replace(tiny, features=features, splits={"train": "train"}).read(Path())["train"]
    assert (first.text, first.tokens, first.tags) == ("Bad film", ("Bad", "film"), ("ADJ", "NOUN"))
    assert second.target_text == "Хорошие фильмы"
    assert (empty.text, empty.tokens, empty.tags) == ("", (), ())


def test_tfds_tokens_are_skipped_by_another_feature(tiny: tfds_source.Source) -> None:
    config = replace(tiny, features={"tokens": "words", "tags": "tags"}, skip_tokens={"tags": "_"})
    assert [e.tokens for e in config.read(Path())["train"]] == [("Bad", "film"), ("Good",)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"words": [b" Bad", b" "]}, "x:0: expected words or names in feature 'words', got an empty one"),
        ({"tags": np.array([0, -1])}, "x:0: expected words or names in feature 'tags', got the unknown class -1"),
        ({"stars": np.float32("nan")}, "x:0: expected a number in feature 'stars', got nan"),
    ],
)
def test_tfds_values_that_are_no_words_and_no_labels_are_refused(tiny, changes: dict, message: str) -> None:
    row = {"words": [b" Bad", b"film\n"], "tags": np.array([0, 1]), "stars": np.float32(1.5)}
    columns = replace(tiny, features={"tokens": "words", "tags": "tags", "label": "stars"}).columns(
        tfds_source.prepared_builder(tiny.builder)
    )
    (example,) = tfds_source._examples([row], columns, [], "x")
    assert (example.tokens, example.tags, example.label) == (("Bad", "film"), ("ADJ", "NOUN"), "1.5")
    with pytest.raises(InputError, match=message):
        list(tfds_source._examples([row | changes], columns, [], "x"))


def test_tfds_classes_can_be_renamed_and_unknown_ones_are_no_label(tiny: tfds_source.Source) -> None:
    config = replace(tiny, label_names=("bad", "good"), splits={"train": "train"})
    assert [e.label for e in config.read(Path())["train"]] == ["bad", "good", None, "good"]
    config = replace(tiny, features={"text": "pair/en", "label": "stars"})
    assert [e.label for e in config.read(Path())["train"]] == ["0", "1"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"builder": "tiny_review"}, r"no TFDS builder 'tiny_review'; did you mean 'tiny_reviews'\?"),
        ({"builder": "tiny_reviews:9.0.0"}, r"no TFDS builder 'tiny_reviews:9\.0\.0': "),
        ({"splits": {"train": "training"}}, r"tiny_reviews: Unknown split 'training'.*\['train'\]"),
        ({"features": {"text": "txt"}}, "no feature 'txt'; known: label, pair/en, pair/ru, stars, tags, words"),
        ({"features": {"text": "words"}}, "expected a single value in feature 'words', got 1 dimensions"),
        ({"features": {"tokens": "pair/en"}}, "expected a sequence in feature 'pair/en', got 0 dimensions"),
        ({"features": {"features": "stars"}}, "expected single-channel images of bytes in feature 'stars', got Scalar"),
        ({"features": {"features": "image"}}, "no feature 'image'; known: "),
        ({"label_names": ("bad",)}, "expected 2 label_names for feature 'label', got 1"),
        ({"features": {"text": "pair/en", "label": "stars"}, "label_names": ("a",)}, "expected 0 label_names"),
    ],
)
def test_what_the_builder_does_not_have_is_refused_in_one_line(
    tiny: tfds_source.Source, change: dict, message: str
) -> None:
    with pytest.raises(InputError, match=message) as error:
        replace(tiny, **change).read(Path())
    assert "\n" not in str(error.value)


def test_damaged_rows_are_refused_in_one_line(tiny: tfds_source.Source, prepared: Path, tmp_path: Path) -> None:
    (tmp_path / "tfds").mkdir()
    config = replace(tiny, splits={"train": "train"})
    shutil.copytree(prepared, tmp_path / "tfds", dirs_exist_ok=True)
    (record,) = (tmp_path / "tfds").rglob("*.tfrecord*")
    record.write_bytes(record.read_bytes()[:-5])
    os.environ["TFDS_DATA_DIR"] = str(tmp_path / "tfds")  # `tiny` puts it back
    with pytest.raises(
        InputError, match=r"tiny_reviews:1\.0\.0 train: cannot be read after row \d: DataLossError"
    ) as error:
        list(config.read(Path())["train"])
    assert "\n" not in str(error.value)


TFDS_CONFIGS = [path for path in sorted(CONFIGS.glob("*.yaml")) if read_yaml(path)["source"] == "tfds"]


@pytest.mark.parametrize("path", TFDS_CONFIGS, ids=lambda path: path.stem)
def test_every_tfds_config_names_features_that_its_builder_has(path: Path) -> None:
    config = load_config(tfds_source.Source, path)
    builder = tfds.builder(config.builder, try_gcs=False)
    assert set(config.columns(builder)) == set(config.features)
    assert len(config.skips(builder)) == len(config.skip_tokens)


TATOEBA = """
source: tfds
builder: tatoeba/tatoeba_ru:1.0.0
version: "1"
language: ru
target_language: en
tokenizer: words
target_tokenizer: words
splits: {train: "train[:80%]", dev: "train[80%:90%]", test: "train[90%:]"}
features: {text: source_sentence, target_text: target_sentence}
licence: CC BY 2.0 FR
citation: Artetxe and Schwenk, TACL 2019
"""


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "sizes", "text", "target"),
    [
        ("tatoeba_ru_en", {"train": 800, "dev": 100, "test": 100}, "", ""),
        ("tiny_shakespeare", {"train": 1, "test": 2}, "First Citizen:\nBefore we proceed any further", None),
    ],
)
def test_tfds_gives_texts(name: str, sizes: dict, text: str, target: str | None, tmp_path: Path) -> None:
    if "TFDS_DATA_DIR" not in os.environ:
        pytest.skip("TFDS_DATA_DIR is not set")
    (tmp_path / "tatoeba_ru_en.yaml").write_text(TATOEBA, encoding="utf-8")
    folder = tmp_path if name == "tatoeba_ru_en" else CONFIGS
    splits = load_config(DatasetConfig, folder / f"{name}.yaml").read(Path())
    examples = {split: list(of_split) for split, of_split in splits.items()}
    assert {split: len(of_split) for split, of_split in examples.items()} == sizes
    first = examples["train"][0]
    assert first.text.startswith(text)
    assert (first.target_text is None) == (target is None)
    assert not first.text.endswith("\n")


@pytest.mark.real
def test_tfds_gives_the_treebank_that_its_files_give() -> None:
    if not {"ELMAN_DATA", "TFDS_DATA_DIR"} <= set(os.environ):
        pytest.skip("ELMAN_DATA or TFDS_DATA_DIR is not set")
    config = load_config(DatasetConfig, CONFIGS / "ewt_pos.yaml")
    folder = Path(os.environ["ELMAN_DATA"]) / "ud_english_ewt"
    for split, examples in config.read(Path()).items():
        expected = conllu.Reader().read([folder / f"en_ewt-ud-{split}.conllu"])
        assert Counter((e.tokens, e.tags) for e in examples) == Counter((e.tokens, e.tags) for e in expected)
