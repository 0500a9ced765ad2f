"""Continuous datasets: how texts are joined, and where train ends."""

import pytest

from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.one_text import as_one_text, only_text, word_end

ABOUT = {"version": "1", "language": "en", "licence": "none", "citation": "none", "continuous": True}
FILES = {"source": "files", "reader": "plain_text", "files": {"train": [{"path": "a.txt"}]}}
TFDS = {"source": "tfds", "builder": "a", "splits": {"train": "train"}, "features": {"text": "text"}}


def joined(source: dict, *texts: str, dev_share: float = 0.0, tokenizer: str = "words") -> dict[str, str]:
    """The text of every split, of a train of some examples."""
    keys = {**ABOUT, **source, "dev_share": dev_share, "tokenizer": tokenizer}
    splits = as_one_text({"train": [Example("", text, ()) for text in texts]}, build_config(DatasetConfig, keys, ""))
    return {split: only_text(*examples) for split, examples in splits.items()}


def test_lines_get_their_ends_back_and_texts_of_tfds_are_joined_as_they_are() -> None:
    assert joined(FILES, "one", "two\n", "three") == {"train": "one\ntwo\nthree\n"}
    assert joined(TFDS, "assu", "rance") == {"train": "assurance"}


def test_the_end_of_train_becomes_dev_and_cuts_characters_but_no_word() -> None:
    assert joined(TFDS, "abcd efgh", dev_share=1 / 3, tokenizer="characters") == {"train": "abcd e", "dev": "fgh"}
    assert joined(TFDS, "abcd efgh ij", dev_share=1 / 2) == {"train": "abcd efgh", "dev": " ij"}
    with pytest.raises(
        InputError, match="split 'dev': expected a text, got none; see the dataset's files and dev_share"
    ):
        joined(TFDS, "abcd efgh", dev_share=1 / 3)
    with pytest.raises(InputError, match=r"split 'train': expected a text, got none in a\.txt; see"):
        joined(FILES, " ")


@pytest.mark.parametrize(("position", "end"), [(0, 0), (1, 3), (2, 3), (3, 3), (4, 4), (5, 6), (6, 6)])
def test_a_word_ends_behind_its_last_letter(position: int, end: int) -> None:
    assert word_end("one te", position) == end


def test_what_joining_would_lose_is_refused() -> None:
    with pytest.raises(InputError, match="a:1: expected only a text, got its label too, which `continuous` would drop"):
        only_text(Example("a:1", "x", (), label="y"))
