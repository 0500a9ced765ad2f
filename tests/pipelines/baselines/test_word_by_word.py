"""Word by word: order, case and unknown words."""

from pipelines.baselines.word_by_word import fit
from pipelines.data.examples import Example

PAIRS = [("das Haus", "the house"), ("das Buch", "the book"), ("ein Buch", "a book"), ("ein Haus", "a house")]
TRAIN = [
    Example(f"train-{number}", source, tuple(source.split()), target_text=target, target_tokens=tuple(target.split()))
    for number, (source, target) in enumerate(PAIRS)
]


def translate(text: str) -> list[str]:
    (row,) = fit(TRAIN, seed=1)([Example("x", text, tuple(text.split()))])
    return row["tokens"]


def test_words_are_translated_in_the_order_of_the_source():
    assert translate("Buch das Haus ein") == ["book", "the", "house", "a"]


def test_an_unknown_word_is_looked_up_in_lower_case_and_then_copied():
    assert translate("Das HAUS Anna") == ["the", "HAUS", "Anna"]  # the lexicon has `das` and `Haus`, not `haus`


def test_an_empty_text_stays_empty_and_no_texts_give_no_rows():
    assert translate("") == []
    assert list(fit(TRAIN, seed=1)([])) == []
