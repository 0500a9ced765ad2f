"""Readers of texts in lines or whole files, on files written here."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from embeddings.foundation.errors import InputError
from pipelines.datasets.readers import (
    conll_columns,
    fasttext_labels,
    file_per_label,
    labelled_text,
    parallel_text,
    plain_text,
    whole_file,
)

Write = Callable[[str | bytes], Path]


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("neg\tbad \t film\n\npos\tgood\n", {}),
        ("bad \t film\tneg\ngood\tpos", {"label_first": False}),
        ("neg bad \t film\r\npos good\r\n", {"separator": " "}),
    ],
)
def test_labelled_text_is_split_at_its_label_alone(write: Write, text: str, options: dict) -> None:
    examples = list(labelled_text.Reader(**options).read([write(text)]))
    assert [(example.label, example.text) for example in examples] == [("neg", "bad \t film"), ("pos", "good")]


def test_a_label_may_have_an_empty_text(write: Write) -> None:
    (example,) = labelled_text.Reader().read([write("neg\t\n")])
    assert (example.label, example.text) == ("neg", "")


@pytest.mark.parametrize("line", ["no label here", "\tno label"])
def test_a_line_without_a_label_is_refused(write: Write, line: str) -> None:
    with pytest.raises(InputError, match=r":2: expected 'label\\ttext', got"):
        list(labelled_text.Reader().read([write(f"pos\tgood\n{line}\n")]))


def test_parallel_lines_are_paired_and_empty_ones_kept(write: Write) -> None:
    examples = list(parallel_text.Reader().read([write("eins\n\ndrei\n \n"), write("one\ntwo\nthree\n\n")]))
    assert [(example.text, example.target_text) for example in examples[:3]] == [
        ("eins", "one"),
        ("", "two"),
        ("drei", "three"),
    ]
    assert [getattr(example, "reason", "") for example in examples] == [
        "",
        "",
        "",
        "pairs left out, empty on both sides",
    ]


@pytest.mark.parametrize(
    ("source", "target", "counts"), [("a\n", "a\nb\nc\n", "1 and 3"), ("a\nb\nc\n", "a\n", "3 and 1")]
)
def test_unequal_line_counts_are_refused_with_both(write: Write, source: str, target: str, counts: str) -> None:
    with pytest.raises(InputError, match=f":2: expected as many lines as .*, got {counts}"):
        list(parallel_text.Reader().read([write(source), write(target)]))


def test_plain_text_is_one_text_a_line_over_all_files(write: Write) -> None:
    examples = plain_text.Reader().read([write("one\n\n \ntwo"), write("three\n")])
    assert [example.text for example in examples] == ["one", "two", "three"]


def test_a_whole_file_is_one_text_with_its_line_ends(write: Write) -> None:
    examples = whole_file.Reader().read([write("one\n\n two "), write("three\r\n")])
    assert [example.text for example in examples] == ["one\n\n two \n", "three\n"]


def test_only_a_newline_ends_a_line(write: Write) -> None:
    text = "a\u2028b\x0bc\x85d\xa0e\x1cf"
    (example,) = plain_text.Reader().read([write(f"\ufeff{text}\r\n")])
    assert example.text == text


@pytest.mark.parametrize("content", ["eins\rzwei\rdrei\r", "eins\nzwei\rdrei\n"])
@pytest.mark.parametrize("reader", [plain_text, whole_file, labelled_text, conll_columns])
def test_a_carriage_return_alone_is_refused(write: Write, content: str, reader: Any) -> None:
    with pytest.raises(InputError, match=r":[12]: expected lines that end in `\\n`, got `\\r` within one"):
        list(reader.Reader().read([write(content.replace("i", "\t"))]))


@pytest.mark.parametrize(
    ("suffix", "compress"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
def test_compressed_files_read_as_plain_ones(tmp_path: Path, suffix: str, compress: Callable) -> None:
    path = tmp_path / f"text{suffix}"
    path.write_bytes(compress(b"eins\nzwei"))
    assert [example.text for example in plain_text.Reader().read([path])] == ["eins", "zwei"]
    path.write_bytes(compress(b"eins\n" * 100)[:-9])
    with pytest.raises(InputError, match=rf"text{suffix}:\d+: expected a whole file, got an error: "):
        list(plain_text.Reader().read([path]))
    path.write_bytes(compress(b""))
    for reader in (plain_text, whole_file):
        with pytest.raises(InputError, match=rf"text{suffix}:1: expected text, got an empty file; write or"):
            list(reader.Reader().read([path]))
    path.write_bytes(compress(b"eins\n" * 100)[:12] + b"?" * 30)
    with pytest.raises(InputError, match=rf"text{suffix}:1: expected a whole file, got an error: "):
        list(plain_text.Reader().read([path]))


def test_a_line_that_is_not_utf_8_is_refused(write: Write) -> None:
    with pytest.raises(InputError, match=r":2: expected UTF-8, got byte 0xe4"):
        list(plain_text.Reader().read([write("a\nä\n".encode("latin-1"))]))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.txt: no such file"):
        list(plain_text.Reader().read([tmp_path / "none.txt"]))


def test_words_with_a_prefix_are_labels(write: Write) -> None:
    path = write("__label__a __label__b  The  text\n\n__label__a\n  __label__c __label__c\tx\n")
    examples = list(fasttext_labels.Reader().read([path]))
    assert [(example.labels, example.text) for example in examples] == [
        (("a", "b"), "The  text"), (("a",), ""), (("c",), "x"),
    ]  # fmt: skip
    (nbsp,) = fasttext_labels.Reader().read([write("__label__New\u00a0York\ttaxi 10\u00a0000\n")])
    assert (nbsp.labels, nbsp.text) == (("New\u00a0York",), "taxi 10\u00a0000")
    (one,) = fasttext_labels.Reader(prefix="#", several=False).read([write("#good It is __label__fine\n")])
    assert (one.label, one.labels, one.text) == ("good", None, "It is __label__fine")


def test_texts_without_a_label_are_read_where_that_is_allowed(write: Write) -> None:
    path = write("__label__a A film\nA long film\n")
    with pytest.raises(InputError, match=r":2: expected __label__<label> .*; the option `unlabelled: true` sets such"):
        list(fasttext_labels.Reader().read([path]))
    found = list(fasttext_labels.Reader(unlabelled=True).read([path]))
    assert [(example.labels, example.text) for example in found] == [(("a",), "A film"), (None, "A long film")]
    with pytest.raises(InputError, match=r":1: expected all labels before the text, got one in 'A __label__a film'"):
        list(fasttext_labels.Reader(unlabelled=True).read([write("A __label__a film\n")]))


@pytest.mark.parametrize(
    ("line", "options", "message"),
    [
        ("no label", {}, r":1: expected __label__<label> before the text, got 'no label'"),
        ("__label__ text", {}, r":1: expected __label__<label> before the text, got 'text'"),
        ("__label__a in __label__b", {}, r":1: expected all labels before the text, got one in 'in __label__b'; move"),
        ("__label__a __label__b x", {"several": False}, r":1: expected one label, got 2: a, b; `several: true` reads"),
    ],
)
def test_a_line_whose_labels_cannot_be_read_is_refused(write: Write, line: str, options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(fasttext_labels.Reader(**options).read([write(f"{line}\n")]))


def test_a_label_may_be_told_by_the_file(write: Write) -> None:
    examples = list(file_per_label.Reader(("neg", "pos")).read([write("bad film\n\nworse\n"), write("good")]))
    assert [(example.text, example.label) for example in examples] == [
        ("bad film", "neg"), ("worse", "neg"), ("good", "pos"),
    ]  # fmt: skip
    with pytest.raises(InputError, match="put them in quotation marks"):
        file_per_label.Reader((True,))  # as YAML reads yes
