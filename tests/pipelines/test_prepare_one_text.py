"""The stage prepare on a continuous dataset, which is one text a split."""

from pathlib import Path

import pytest
from prepared import prepare, read_json

from pipelines.data.examples import read_examples

CONTINUOUS = {"reader": "whole_file", "tokenizer": "characters", "continuous": True}


def test_a_continuous_dataset_is_one_text_a_split_and_dev_is_the_end_of_train(root: Path) -> None:
    folder = prepare(root, {"train": ["abcde\n", "fghij\n"], "test": "klm\n"}, dev_share=0.25, **CONTINUOUS)
    texts = {split: [example.text for example in read_examples(folder / f"{split}.jsonl")] for split in
             ("train", "dev", "test")}  # fmt: skip
    assert texts == {"train": ["abcde\nfgh"], "dev": ["ij\n"], "test": ["klm\n"]}
    (dev,) = read_examples(folder / "dev.jsonl")
    assert dev.tokens == ("i", "j", "\n")
    assert set(read_json(folder / "counts.json")["tokens"]) == set("abcde\nfgh")


def test_a_continuous_dataset_without_train_has_no_end_that_dev_could_be(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        prepare(root, {"test": "klm\n"}, dev_share=0.25, **CONTINUOUS)
    assert exit_.value.code == 2
    assert "expected a split train that dev_share 0.25 takes dev from" in capsys.readouterr().err


def test_a_continuous_dataset_with_a_dev_of_its_own_takes_no_share(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        prepare(root, {"train": "abc\n", "dev": "klm\n"}, dev_share=0.25, **CONTINUOUS)
    assert "expected dev_share 0" in capsys.readouterr().err


LINES = {"reader": "plain_text", "tokenizer": "words", "continuous": True}


def test_lines_that_are_joined_keep_their_words_apart(root: Path) -> None:
    folder = prepare(root, {"train": "one two\nthree four\n", "test": ["five\n", "six"]}, **LINES)
    (train,), (test,) = (list(read_examples(folder / f"{split}.jsonl")) for split in ("train", "test"))
    assert (train.text, train.tokens) == ("one two\nthree four\n", ("one", "two", "three", "four"))
    assert test.tokens == ("five", "six")


@pytest.mark.parametrize(
    ("share", "train", "dev"),
    [
        (0.6, "one three", " five\n"),  # the border falls into `three`
        (0.4, "one three", " five\n"),  # before ` five`
        (1 / 3, "one three ", "five\n"),  # before `five`
        (0.8, "one", " three five\n"),
    ],
)
def test_no_word_is_cut_between_train_and_dev(root: Path, share: float, train: str, dev: str) -> None:
    folder = prepare(root, {"train": "one three five"}, **LINES, dev_share=share)
    (first,), (second,) = (list(read_examples(folder / f"{split}.jsonl")) for split in ("train", "dev"))
    assert (first.text, second.text) == (train, dev)


@pytest.mark.parametrize(
    ("content", "config", "message"),
    [
        ("abc def", {"dev_share": 0.00001}, "split 'dev': expected a text, got none; see"),
        ("abc def", {"dev_share": 0.3}, "split 'dev': expected a text, got none; see"),  # the last word is train's
        ("abc def", {"dev_share": 0.99}, "split 'train': expected a text, got none in train0; see"),
        ("\n \n", {}, "split 'train': expected a text, got none in train0; see"),
        ("pos\ta\n", {"reader": "labelled_text"}, "train0:1: expected only a text, got its label too, which"),
        ("a\tO\n", {"reader": "conll_columns"}, "train0:1: expected only a text, got its tags too"),
        (["a\n", "b\n"], {"reader": "parallel_text"}, "train0:1: expected only a text, got its target_text too"),
    ],
)
def test_what_cannot_be_one_text_is_refused(root: Path, capsys, content, config: dict, message: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        prepare(root, {"train": content}, **LINES | config)
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
