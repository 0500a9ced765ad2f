"""Sources: files here, by URL and from gensim's package, and what all sources share."""

import functools
import gzip
import hashlib
import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import pytest

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config, load_config
from embeddings.foundation.errors import InputError
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.sources import files
from pipelines.datasets.sources.files import DatasetFile

CONFIGS = Path(__file__).parents[3] / "configs" / "datasets"
ABOUT: dict[str, Any] = {"version": "1", "language": "en", "tokenizer": "words", "licence": "none", "citation": "none"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


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
    with pytest.raises(InputError, match=re.escape(f"{root}/a.txt: no such file; set ELMAN_DATA to")):
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
        (TFDS | {"reader": "conllu"}, "the key 'reader' belongs to source files and shards and toy, got 'tfds'"),
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


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_dataset_config_names_what_exists(path: Path) -> None:
    config = load_config(DatasetConfig, path)
    for file in (file for of_split in getattr(config, "files", {}).values() for file in of_split):
        assert all(len(checksum) == 64 for checksum in (file.sha256, file.url_sha256) if checksum)
        # The repository writes the toy files itself, CoNLL-2003 goes around in several forms, dumps change every month.
        assert file.sha256 or config.source == "toy" or path.stem in ("conll2003", "wikipedia_dump")
