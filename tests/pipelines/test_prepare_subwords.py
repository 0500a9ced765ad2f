"""The stage prepare on subwords, trained on the dataset's own train."""

from pathlib import Path

import pytest
from prepared import prepare, read_json

from pipelines.data.examples import read_examples

SUBWORDS = {
    "reader": "parallel_text", "target_language": "en",
    "tokenizer": "subwords", "target_tokenizer": "subwords", "subword_vocab_size": 20,
}  # fmt: skip


def test_subwords_are_trained_on_train_and_given_to_every_split(root: Path) -> None:
    texts = ["low lower lowest\n" * 5, "new newer newest\n" * 5]
    folder = prepare(root, {"train": texts, "dev": ["slow xyz\n", "renew\n"]}, **SUBWORDS)
    (example,) = read_examples(folder / "dev.jsonl")
    assert example.text == "slow xyz"
    assert "".join(example.tokens) == "▁slow▁xyz"
    assert "".join(example.target_tokens or ()) == "▁renew"
    assert example.tokens[-1] == "xyz"  # characters of dev alone stay together
    tokenizers = read_json(folder / "dataset.json")["tokenizers"]
    assert tokenizers["tokens"].startswith("subwords ")
    assert tokenizers["tokens"] != tokenizers["target_tokens"]
    assert (folder / "subwords_tokens.model").exists()
    assert "xyz" not in read_json(folder / "counts.json")["tokens"]


@pytest.mark.parametrize(("changes", "message"), [
    ({"subword_vocab_size": None}, "tiny.yaml: the tokenizer `subwords` and `subword_vocab_size` go together"),
    ({"tokenizer": "words", "target_tokenizer": "words"}, "`subwords` and `subword_vocab_size` go together"),
    ({"subword_vocab_size": 4000}, "4000 is not possible"),
    ({"subword_vocab_size": 0}, "tiny.yaml: expected a subword_vocab_size of at least 1, got 0"),
    ({"subword_vocab_size": -5}, "tiny.yaml: expected a subword_vocab_size of at least 1, got -5"),
])  # fmt: skip
def test_subwords_that_cannot_be_trained_are_refused(root: Path, capsys, changes, message) -> None:
    with pytest.raises(SystemExit) as stopped:
        prepare(root, {"train": ["low\n" * 5, "new\n" * 5]}, **{**SUBWORDS, **changes})
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert not (root / "data").exists()


def test_subwords_of_tagged_tokens_are_refused(root: Path, capsys) -> None:
    for size in (12, 4000):  # refused before training, which would fail
        config = {**SUBWORDS, "reader": "conll_columns", "subword_vocab_size": size}
        with pytest.raises(SystemExit):
            prepare(root, {"train": "lower\tO\n" * 9}, **config)
        told = capsys.readouterr().err
        assert "train0:1: tokenizer `subwords`: expected texts, got tagged tokens; choose `whitespace`" in told


def test_a_side_without_texts_has_no_subwords(root: Path, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        prepare(
            root, {"train": "pos\tlow lower\n" * 9}, **{**SUBWORDS, "reader": "labelled_text", "subword_vocab_size": 9}
        )
    assert "9 is not possible for these texts: they have no words" in capsys.readouterr().err


def test_tokens_that_subwords_replace_are_not_gold(root: Path) -> None:
    rows = {"train": '{"words": ["low", "lower"]}\n' * 9}
    config = {"reader": "json_lines", "options": {"fields": {"tokens": "words"}}}
    folder = prepare(root, rows, **config, tokenizer="subwords", subword_vocab_size=9)
    assert next(read_examples(folder / "train.jsonl")).tokens[0].startswith("▁")
    assert read_json(folder / "dataset.json")["gold_tokens"] is False
    folder = prepare(root, rows, **config, tokenizer="words")
    assert read_json(folder / "dataset.json")["gold_tokens"] is True
