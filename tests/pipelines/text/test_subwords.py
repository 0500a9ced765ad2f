"""Byte-pair encodings of a dataset's own texts."""

import pytest

from embeddings.foundation.errors import InputError
from pipelines.text.subwords import (
    LONGEST,
    encoding_id,
    encoding_path,
    join_pieces,
    load_encoding,
    parts,
    train_encoding,
)
from pipelines.text.tokenization import tokenizer_of

TEXTS = ["low low low low low lower lower newest newest newest newest newest newest widest widest widest"] * 3


def encoding(tmp_path, pieces=20, texts=TEXTS, name="encoding"):
    return load_encoding(tmp_path / name, train_encoding(texts, pieces, tmp_path / name))


def test_the_most_frequent_pair_becomes_a_piece_first(tmp_path):
    # The example of Sennrich, Haddow & Birch 2016: e s (9), then es t (9), then l o (7). Of 20 pieces three are never
    # used, 11 are characters and `▁`, and so 6 are pairs that were joined.
    encode = encoding(tmp_path)
    assert encode("widest")[-1] == "est"
    assert encode("low") == ["▁low"]


def test_joined_pieces_are_the_text(tmp_path):
    encode = encoding(tmp_path)
    for text in ("low lowest", "we slow", "Nest 3,5 ☃ well", "▁"):
        assert join_pieces(encode(text)).replace("▁", "") == text.replace("▁", "")


def test_runs_of_white_space_become_one_space(tmp_path):
    assert join_pieces(encoding(tmp_path)("  low \u00a0  low\t")) in ("low low", "low \u00a0 low")


def test_characters_that_train_has_not_shown_stay_as_they_are(tmp_path):
    assert encoding(tmp_path)("lowж") == ["▁low", "ж"]


def test_equal_texts_give_equal_bytes_and_ids(tmp_path):
    first, second = (train_encoding(TEXTS, 20, tmp_path / name) for name in ("a", "b"))
    assert first == second
    assert first != train_encoding(TEXTS, 19, tmp_path / "c")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_more_pieces_than_the_texts_can_give_are_refused_in_one_line(tmp_path):
    with pytest.raises(InputError, match=r"subword_vocab_size: 5000 is not possible for these texts: .") as refused:
        train_encoding(TEXTS, 5000, tmp_path / "encoding")
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "encoding").exists()


@pytest.mark.parametrize(
    ("pieces", "advice"),
    [
        (5000, "choose 47 or fewer"),
        (5, "choose 14 or more, since every character needs one"),
        (2, "they have no words, or more characters than that"),
    ],
)
def test_what_cannot_be_had_is_told_without_the_librarys_assertions(tmp_path, pieces, advice):
    with pytest.raises(InputError) as refused:
        train_encoding(TEXTS, pieces, tmp_path / "encoding")
    assert str(refused.value) == f"subword_vocab_size: {pieces} is not possible for these texts: {advice}"


def test_a_book_in_one_text_gives_the_encoding_of_its_lines(tmp_path):
    line = "low lower lowest, new newest\t. "
    book = line * 50_000  # 1.5 MB; sentencepiece leaves out longer texts than it is told
    assert train_encoding([book], 24, tmp_path / "a") == train_encoding([line] * 50_000, 24, tmp_path / "b")


def test_a_long_text_is_cut_between_words_and_loses_nothing():
    text = "ab\tcd " * LONGEST
    found = list(parts(text))
    assert "".join(found) == text
    assert max(map(len, found)) <= LONGEST
    assert all(part.endswith(" ") for part in found[:-1])
    lines = "春眠不覺曉\n" * LONGEST
    assert "".join(parts(lines)) == lines
    assert all(part.endswith("\n") for part in parts(lines))
    assert list(parts("short text")) == ["short text"]


def test_a_word_that_is_too_long_is_refused_in_one_line(tmp_path):
    with pytest.raises(InputError, match=r"expected a space or a line end within 262,144 characters, got .*'aaa"):
        train_encoding(["low", "a" * (LONGEST + 1)], 20, tmp_path / "encoding")


def test_only_runs_of_spaces_become_one_space(tmp_path):
    encode = encoding(tmp_path)
    assert "".join(encode("  low   low ")) == "▁low▁low"
    assert "".join(encode("low\t\tlow\n\nlow")) == "▁low\t\tlow\n\nlow"


def test_a_file_that_is_no_encoding_is_refused(tmp_path):
    (tmp_path / "encoding").write_bytes(b"no model")
    with pytest.raises(InputError, match="expected a sentencepiece model"):
        load_encoding(tmp_path / "encoding", encoding_id(b"no model"))
    with pytest.raises(InputError, match="expected the encoding 'subwords 1'"):  # before its library reads it
        load_encoding(tmp_path / "encoding", "subwords 1")
    with pytest.raises(InputError, match="no such file"):
        load_encoding(tmp_path / "missing", "subwords 1")


def test_the_mark_of_a_words_beginning_is_a_space_in_a_text(tmp_path):
    encode = encoding(tmp_path)
    assert encode("low▁low") == encode("low low")
    assert encode("▁") == []


def test_the_encoding_of_another_dataset_is_refused(tmp_path):
    own, foreign = (train_encoding(TEXTS, pieces, encoding_path(tmp_path, "tokens")) for pieces in (19, 20))
    assert tokenizer_of({"tokenizers": {"tokens": foreign}}, tmp_path)("low") == ["▁low"]
    with pytest.raises(InputError, match=f"tokens.model: expected the encoding '{own}', got '{foreign}'; copy"):
        tokenizer_of({"tokenizers": {"tokens": own}}, tmp_path)
