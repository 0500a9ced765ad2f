"""Sources: files here, by URL and from gensim's package; TFDS by a builder made here."""

import functools
import gzip
import hashlib
import http.server
import os
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow_datasets as tfds

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config, load_config, read_yaml
from embeddings.foundation.errors import InputError
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.readers import conllu
from pipelines.datasets.sources import files
from pipelines.datasets.sources import tfds as tfds_source
from pipelines.datasets.sources.files import DatasetFile

CONFIGS = Path(__file__).parents[3] / "configs" / "datasets"
ABOUT: dict[str, Any] = {"version": "1", "language": "en", "tokenizer": "words", "licence": "none", "citation": "none"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data root, a folder that ELMAN_DATA names."""
    monkeypatch.setenv("ELMAN_DATA", str(tmp_path / "root"))
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """A folder and the address that serves it; downloads go to a cache of the test's own."""
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / "cache" / name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (tmp_path / "site").mkdir()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path / "site", f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_splits_are_read_below_the_data_root(root: Path) -> None:
    (root / "a.tsv").write_text("good\tpos\n")
    config = files.Source(
        **ABOUT,
        reader="labelled_text",
        options={"label_first": False},
        files={
            "train": (DatasetFile("a.tsv", sha256(b"good\tpos\n")),),
            "test": (DatasetFile("a.tsv"),) * 2,
        },
    )
    splits = config.read(root)
    assert {split: [(e.label, e.text) for e in examples] for split, examples in splits.items()} == {
        "train": [("pos", "good")],
        "test": [("pos", "good"), ("pos", "good")],
    }


def test_another_checksum_is_refused(root: Path) -> None:
    (root / "a.txt").write_text("changed")
    with pytest.raises(InputError, match=rf"a\.txt: expected sha256 0123, got {sha256(b'changed')}"):
        files.locate(DatasetFile("a.txt", "0123"))


def test_a_missing_file_tells_what_to_do(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"root/a\.txt: no such file; set ELMAN_DATA to"):
        files.locate(DatasetFile("a.txt"))
    monkeypatch.delenv("ELMAN_DATA")
    with pytest.raises(InputError, match=r"a\.txt: ELMAN_DATA is not set; set ELMAN_DATA to .* or give it a url"):
        files.locate(DatasetFile("a.txt"))


def test_a_download_is_verified_and_kept(root: Path, site: tuple[Path, str]) -> None:
    folder, address = site
    content = gzip.compress(b"eins\nzwei\n")
    (folder / "a.txt.gz").write_bytes(content)
    file = DatasetFile("a.txt", sha256(b"eins\nzwei\n"), f"{address}/a.txt.gz", sha256(content))
    config = files.Source(**ABOUT, reader="plain_text", files={"train": (file,)})
    assert [example.text for example in config.read(root)["train"]] == ["eins", "zwei"]
    (folder / "a.txt.gz").unlink()
    assert [example.text for example in config.read(root)["train"]] == ["eins", "zwei"]


def test_a_local_file_is_taken_before_its_url(root: Path) -> None:
    (root / "a.txt").write_text("here")
    assert files.locate(DatasetFile("a.txt", sha256(b"here"), "http://127.0.0.1:9/a.txt")) == root / "a.txt"


def test_a_download_that_fails_or_differs_is_refused(root: Path, site: tuple[Path, str]) -> None:
    folder, address = site
    (folder / "a.txt").write_text("changed")
    with pytest.raises(InputError, match=r"a\.txt: cannot be downloaded: .*does not match"):
        files.locate(DatasetFile("a.txt", sha256(b"original"), f"{address}/a.txt"))
    with pytest.raises(InputError, match=r"b\.txt: cannot be downloaded: 404"):
        files.locate(DatasetFile("b.txt", "00", f"{address}/b.txt"))
    with pytest.raises(InputError, match="expected a sha256 with the url"):
        files.locate(DatasetFile("a.txt", url=f"{address}/a.txt"))


def test_a_truncated_download_is_refused_and_not_kept(root: Path, site: tuple[Path, str]) -> None:
    folder, address = site
    (folder / "a.txt").write_bytes(b"ein")
    file = DatasetFile("a.txt", sha256(b"eins\n"), f"{address}/a.txt")
    with pytest.raises(InputError, match=r"a\.txt: cannot be downloaded: .*; put the file at a\.txt below a folder"):
        files.locate(file)
    (folder / "a.txt").write_bytes(b"eins\n")
    assert files.locate(file).read_bytes() == b"eins\n"


def test_gensim_packages_the_news() -> None:
    config = load_config(DatasetConfig, CONFIGS / "lee_news.yaml")
    examples = list(config.read(Path("unused"))["unlabelled"])
    assert len(examples) == 300
    assert examples[0].text.startswith("Hundreds of people have been forced to vacate their homes")


FILES = {"source": "files", "reader": "labelled_text", "files": {"train": [{"path": "a"}]}}
DIGITS = {"source": "digits"}
TOY = {
    "source": "toy", "reader": "conllu", "sentences": {"train": 3}, "files": {"train": [{"path": "train.conllu"}]},
}  # fmt: skip
TFDS = {"source": "tfds", "builder": "a", "splits": {"train": "train"}, "features": {"text": "text"}}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (FILES | {"builder": "a"}, "the key 'builder' belongs to source tfds, got 'files'; remove it"),
        (FILES | {"splits": {}}, "the key 'splits' belongs to source dataset_folder and tfds, got 'files'; remove it"),
        (FILES | {"sentences": {}}, "the key 'sentences' belongs to source toy, got 'files'; remove it"),
        (
            FILES | {"label_names": ["a"]},
            "the key 'label_names' belongs to source dataset_folder and digits and tfds, got 'files'",
        ),
        (TFDS | {"reader": "conllu"}, "the key 'reader' belongs to source files and toy, got 'tfds'; remove it"),
        (DIGITS | {"files": {}}, "the key 'files' belongs to source files and toy, got 'digits'; remove it"),
        (DIGITS | {"label_name": []}, "unknown key 'label_name'; did you mean 'label_names'?"),
        (TFDS | {"source": "tdfs"}, "expected a known value under 'source', got 'tdfs'; did you mean 'tfds'?"),
        (FILES | {"pieces": 9}, "the key 'pieces' is now 'subword_vocab_size'; rename it"),
        (FILES | {"options": {"seperator": " "}}, "reader labelled_text: unknown key 'seperator'; did you"),
        (FILES | {"options": {"separator": ""}}, "reader labelled_text: expected a separator, got none"),
        (FILES | {"reader": "conll_columns", "options": {"scheme": "iob"}}, "reader conll_columns: expected a known"),
        (FILES | {"reader": "file_a_label"}, "no module 'file_a_label' in pipelines/datasets/readers; did you mean"),
        (FILES | {"reader": "parallel_text"}, "split 'train': expected 2 files for reader parallel_text, got 1"),
        (FILES | {"reader": "feature_file"}, "split 'train': expected 2 files for reader feature_file, got 1"),
        (FILES | {"reader": "file_per_label", "options": {"labels": ["a", "b", "c"]}}, "split 'train': expected 3"),
        (FILES | {"files": {"train": []}}, "split 'train': expected a file, got none"),
        (FILES | {"files": {}}, "expected a split (train, dev, test, unlabelled), got none"),
        (TFDS | {"splits": {"valid": "train"}}, "unknown split 'valid'; known: train, dev, test, unlabelled"),
        (DIGITS | {"dev_share": 0.1}, "expected dev_share 0, since the dataset has its own dev split"),
        (DIGITS | {"label_names": ["odd", "even"]}, "digits: expected 10 label_names, got 2"),
        (TOY | {"sentences": {"valid": 3}}, "unknown split 'valid' in `sentences`; known: train, dev"),
        (TOY | {"sentences": {"dev": 3}}, "expected a number of `sentences` of split 'train', got none"),
        (TOY | {"files": {"train": [{"path": "a", "sha256": "b"}]}}, "toy: expected only the path of each"),
        (TFDS | {"features": {"txt": "text"}}, "a: unknown field 'txt' in `features`; did you mean 'text'?"),
        (TFDS | {"scheme": "iob2"}, "a: `scheme: iob2` needs tags in `features`, got none"),
        (TFDS | {"scheme": "iob"}, "expected a known value under 'scheme', got 'iob'; did you mean 'iob"),
        (
            FILES | {"reader": "json_lines", "options": {"fields": {"text": "t"}, "scheme": "iob2"}},
            "reader json_lines: `scheme: iob2` needs a key for tags in `fields`, got none",
        ),
        (TFDS | {"features": {"label": "label"}}, "a: `features` must map text or tokens or features"),
        (TFDS | {"features": {"text": "b", "tags": "tags"}}, "a: `features` must map text or tokens or"),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_refused_before_anything_is_read(config: dict, message: str) -> None:
    with pytest.raises(InputError) as refused:
        build_config(DatasetConfig, ABOUT | config, "a.yaml")
    assert str(refused.value).startswith(f"a.yaml: {message}")


@pytest.mark.parametrize("config", [FILES, DIGITS, TOY, TFDS])
def test_every_source_takes_its_own_keys(config: dict) -> None:
    assert build_config(DatasetConfig, ABOUT | config, "a.yaml").source == config["source"]


def test_every_source_and_reader_is_one_file_that_offers_its_keys() -> None:
    for package, kind in (("sources", "Source"), ("readers", "Reader")):
        for name in plugins.names(f"pipelines.datasets.{package}"):
            module = plugins.load(f"pipelines.datasets.{package}", name)
            assert is_dataclass(getattr(module, kind)), name
            assert package == "readers" or module.Source.source == name


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


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_dataset_config_names_what_exists(path: Path) -> None:
    config = load_config(DatasetConfig, path)
    for file in (file for of_split in getattr(config, "files", {}).values() for file in of_split):
        assert all(len(checksum) == 64 for checksum in (file.sha256, file.url_sha256) if checksum)
        # The repository writes the toy files itself, CoNLL-2003 goes around in several forms, dumps change every month.
        assert file.sha256 or config.source == "toy" or path.stem in ("conll2003", "wikipedia_dump")
