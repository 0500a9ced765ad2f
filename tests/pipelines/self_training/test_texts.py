"""Unlabelled texts as a run reads them."""

import pytest

from pipelines.data.examples import Example
from pipelines.self_training.texts import as_read, key, split_sentences
from pipelines.text.tokenization import tokenizer


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He left. She stayed!  Why?", ["He left.", "She stayed!", "Why?"]),
        ('"Stop." "No (never!)" 12 came.', ['"Stop."', '"No (never!)"', "12 came."]),
        ("Dr. A. Bell and J. Smith met in St. Paul.", ["Dr. A. Bell and J. Smith met in St. Paul."]),
        ("Yahoo! and e.g. 3.50 stay", ["Yahoo! and e.g. 3.50 stay"]),
        ("A film.<br /><br />Not bad.", ["A film.", "Not bad."]),
        ("Анна ушла. Иван остался…", ["Анна ушла.", "Иван остался…"]),
        (" ", []),
    ],
)
def test_a_text_is_split_where_a_sentence_ends(text, sentences):
    assert split_sentences(text) == sentences


@pytest.mark.parametrize(
    ("keeps_tokens", "sentences", "expected"),
    [
        (True, False, [("I can't. Go", "cannot", "go")]),
        (False, False, [("I can't. Go", "i", "ca", "n't", ".", "go")]),
        (True, True, [("I can't.", "i", "ca", "n't", "."), ("Go", "go")]),
    ],
)
def test_tokens_of_another_tokenizer_are_made_anew_and_nothing_else_is_kept(keeps_tokens, sentences, expected):
    given = [Example("1", "I can't. Go", ("cannot", "go"), label="x"), Example("2", " ", ("<unk>",))]
    found = list(as_read(given, tokenizer("words_lowercase"), keeps_tokens, sentences))
    assert found == [Example("1", text, tokens) for text, *words in expected for tokens in [tuple(words)]]


def test_a_text_is_found_again_in_other_tokens_and_another_case():
    assert key(["Do", "n't", "go"]) == key(["don't", "GO"]) == key(["Don't go"])
    assert key(["Do", "n't", "go"]) != key(["Do", "not", "go"])
