"""Tokens: gold ones stay, texts are tokenised, and what has no tokens."""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example, read_examples, write_examples
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.tokens import tokenised, write_subwords

ABOUT = {
    "source": "files", "version": "1", "language": "en", "licence": "none", "citation": "none",
    "reader": "plain_text", "files": {"train": [{"path": "a.txt"}]},
}  # fmt: skip


def config(**keys) -> DatasetConfig:
    return build_config(DatasetConfig, {**ABOUT, "tokenizer": "words_lowercase", **keys}, "")


def test_texts_are_tokenised_and_gold_tokens_stay() -> None:
    gold: set[bool] = set()
    examples = [
        Example("a", "Fine day", ()),
        Example("b", "", ()),
        Example("c", "It is", ("It", "is"), tags=("O", "O")),
    ]
    found = list(tokenised(examples, config(), "train", defaultdict(Counter), gold))
    assert [example.tokens for example in found] == [("fine", "day"), ("<unk>",), ("It", "is")]
    assert gold == {True, False}


def test_tagged_sentences_without_tokens_are_left_out() -> None:
    changes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    examples = [Example("a", "", (), tags=()), Example("b", "x", ("x",), tags=("O",)), Example("c", "", (), tags=())]
    found = list(tokenised(examples, config(), "dev", changes, set()))
    assert [example.id for example in found] == ["b"]
    assert changes == {"skipped, sentences without tokens": {"dev": 2}}


def test_features_have_no_tokens_but_their_captions_do() -> None:
    image = Example("a", "", (), target_text="One two", features=np.zeros(3, "float32"))
    (found,) = tokenised([image], config(tokenizer="", target_tokenizer="words"), "train", defaultdict(Counter), set())
    assert (found.tokens, found.target_tokens) == ((), ("One", "two"))


@pytest.mark.parametrize(
    ("example", "message"),
    [
        (
            Example("a", "x", ()),
            "expected a `tokenizer`, since a has a text, got none; add one, such as `tokenizer: words`",
        ),
        (
            Example("a", "x", ("x",), target_text="y"),
            "expected a `target_tokenizer`, since a has a target text, got none; add one, such as `target_tok",
        ),
    ],
)
def test_texts_without_a_tokenizer_are_refused(example: Example, message: str) -> None:
    with pytest.raises(InputError, match=message):
        list(tokenised([example], config(tokenizer=""), "train", defaultdict(Counter), set()))


def test_subwords_take_the_place_of_tokens_in_every_split(tmp_path: Path) -> None:
    paths = {split: tmp_path / f"{split}.jsonl" for split in ("train", "dev")}
    write_examples(paths["train"], [Example("a", "low lower lowest", ("low", "lower", "lowest"))] * 9)
    write_examples(paths["dev"], [Example("b", "slow", ("slow",)), Example("c", "", ())])
    names = write_subwords(config(tokenizer="subwords", subword_vocab_size=14), paths, tmp_path)
    assert names["target_tokens"] is None
    assert (names["tokens"] or "").startswith("subwords ")
    first, second = read_examples(paths["dev"])
    assert "".join(first.tokens) == "\u2581slow"
    assert second.tokens == ("<unk>",)


def test_other_tokenizers_are_named_and_change_nothing(tmp_path: Path) -> None:
    names = write_subwords(config(target_tokenizer="words"), {}, tmp_path)
    assert names == {"tokens": "words_lowercase", "target_tokens": "words"}
    assert not list(tmp_path.iterdir())
