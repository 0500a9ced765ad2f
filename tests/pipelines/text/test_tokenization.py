"""Tokens of raw text, and the way back."""

import os
from pathlib import Path

import pytest

from embeddings.foundation.errors import InputError
from pipelines.text.tokenization import (
    Detokenizer,
    characters,
    detokenize,
    offsets,
    spaced,
    tokenizer,
    whitespace,
    words,
    words_lowercase,
)

SENTENCES = {
    "I don't think it's $3.50, or 1,000...": "I do n't think it 's $ 3.50 , or 1,000 ...",
    "We can’t; they’ll DON'T": "We ca n’t ; they ’ll DO N'T",
    "Mr. Smith's well-known U.S. friend O'Brien": "Mr. Smith 's well-known U.S. friend O'Brien",
    "the boys' room (see http://a.b/c?d=1).": "the boys ' room ( see http://a.b/c?d=1 ) .",
    "Write to me.you@mail.org, at 10:30!!!": "Write to me.you@mail.org , at 10:30 !!!",
    "Bad.<br /><br />Worse <br/> film": "Bad . Worse film",
    "_The Thing_ by snake_case -- 100%": "_ The Thing _ by snake_case -- 100 %",
    "Zwei- und dreimal z.B. „so“ am 3. Mai": "Zwei- und dreimal z.B. „ so “ am 3 . Mai",
    "Росси́я — это, т.е. «да»… нет?": "Росси́я — это , т.е. « да » … нет ?",
    "Tom &amp; @user #tag": "Tom &amp; @user #tag",
    "AT&amp;T's R&D; A&B, &quot;Q&#38;A&quot;": "AT&amp;T 's R&D ; A&B , &quot; Q&#38;A &quot;",
    "caf&eacute;s: it&#39;s 5&times;3, don&rsquo;t": "caf&eacute;s : it &#39;s 5 &times; 3 , do n&rsquo;t",
    "good&mdash;really&ensp;so &#128512;&#128512; &foo;": "good &mdash; really so &#128512;&#128512; &foo;",
    "Great&nbsp;film&#160;with&#xA0;sound": "Great film with sound",
    "हिन्दी में है। #हिन्दी": "हिन्दी में है । #हिन्दी",
    "السَّلامُ عَلَيْكُم، نعم": "السَّلامُ عَلَيْكُم ، نعم",
    "cafe\u0301 e\u0301te\u0301!": "cafe\u0301 e\u0301te\u0301 !",
    "so 👍🏽👍🏽, ❤️ 👩‍👩‍👧.": "so 👍🏽👍🏽 , ❤️ 👩‍👩‍👧 .",
    "🇩🇪 gegen 🇷🇺": "🇩🇪 gegen 🇷🇺",
}


@pytest.mark.parametrize(("text", "expected"), SENTENCES.items())
def test_words_are_split_as_in_treebanks(text: str, expected: str) -> None:
    assert words(text) == expected.split(" ")


@pytest.mark.parametrize("text", [*SENTENCES, "a\xa0b\u2028c\td", "\u0301 \u00ad x\u200by", "…–’‘", "𝔘nicode 😀😀 ok"])
def test_no_character_but_white_space_is_lost(text: str) -> None:
    kept = text.replace("<br />", "").replace("<br/>", "").replace("\u200b", "")
    for space in ("&nbsp;", "&#160;", "&#xA0;", "&ensp;", "&#8239;", "&ZeroWidthSpace;"):
        kept = kept.replace(space, " ")
    assert "".join(words(text)) == "".join(kept.split())


@pytest.mark.parametrize("text", [*SENTENCES, " a\n\tb ", "Росси́я 👍", ""])
def test_characters_put_together_are_the_text(text: str) -> None:
    tokens = tokenizer("characters")(text)
    assert "".join(tokens) == text
    assert len(tokens) == len(text)


def test_every_unicode_space_ends_a_word() -> None:
    assert words("a\xa0b\u2028c\u3000d\te\nf") == list("abcdef")


def test_only_ascii_spaces_separate_tokens_that_are_given() -> None:
    assert whitespace("10\xa0000 \u20ac\tin\n\u3000Tokyo\xa0 \xa0 \u2028 now") == [
        "10\xa0000",
        "€",
        "in",
        "Tokyo",
        "now",
    ]


def test_characters_are_put_together_as_they_stood() -> None:
    assert characters("Да, 2 ") == ["Д", "а", ",", " ", "2", " "]
    assert Detokenizer("characters", "ru")(characters("Да, 2 .")) == "Да, 2 ."
    assert Detokenizer("words", "ru")(words("Да, 2 .")) == Detokenizer("", "ru")(words("Да, 2 .")) == "Да, 2."


def test_lower_case_changes_nothing_but_case() -> None:
    assert words_lowercase("It ISN'T Mr. Žižek") == ["it", "is", "n't", "mr", ".", "žižek"]


@pytest.mark.parametrize("name", ["whitespace", "words", "words_lowercase"])
def test_offsets_cut_the_tokens_out_of_the_text(name: str) -> None:
    text = "Anna's\u00a0Straße&nbsp;is\u200b in İzmir,<br />br <BR>c < d ΟΔΟΣ no. 3.50 \U0001f642\U0001f642 don't"
    tokens = tokenizer(name)(text)
    cut = [text[start:end] for start, end in offsets(text, tokens)]
    assert [piece.casefold() for piece in cut] == [token.casefold() for token in tokens]
    assert offsets(text, tokens) == sorted(offsets(text, tokens))


def test_a_token_that_the_text_lacks_has_no_characters() -> None:
    assert offsets("", ["<unk>"]) == [(0, 0)]
    assert offsets("a b", ["a", "x", "b"]) == [(0, 1), (1, 1), (2, 3)]


def test_white_space_alone_gives_no_tokens() -> None:
    assert words(" \xa0<br />\n") == words("") == whitespace(" \n") == []


def test_an_unknown_tokenizer_is_refused_with_the_nearest_name() -> None:
    assert tokenizer("words") is words
    with pytest.raises(InputError, match=r"'word_lowercase'.*did you mean 'words_lowercase'\?"):
        tokenizer("word_lowercase")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("He said: \"Don't go (yet)!\", didn't he?", "en"),
        ("“It's 50% off,” the boys' mother said; $3.50...", "en"),
        ("Auf dem Schild steht „Welcome Bikers“.", "de"),
        ("Limonade- und Bierdosen, z.B. für 5 €", "de"),
        ("»So«, sagte er, „und so“ für 5 € je Stück.", "de"),
        ("Он сказал: «Да, т.е. нет»; и ушёл.", "ru"),
        ("нет»; и ушёл за 100 ₽ в «Сад».", "ru"),
        ("¿Cuánto cuesta el vino? ¡Solo 50 € por persona! «Sí», dijo.", "es"),
        ("« Quoi ? », dit-il ; c'est 50 € !", "fr"),
        ("Han sa ”hej” till oss.", "sv"),
        ("Powiedział: „Tak”, i wyszedł.", "pl"),
        ("كم السعر؟ قال: «نعم»، ثم خرج.", "ar"),
        ("यह क्या है? वह गया।", "hi"),
        ("他说：“你好，世界。”然后走了（快）！", "zh"),
        ("「はい」と言った。", "ja"),
        ("Hoje custa R$ 50, ou US$ 10.", "pt"),
        ("A $5 bill, or US$50: 5°C and a turn by 30° to the left, at C°.", "en"),
        ("Heute 20°, morgen 5°C.", "de"),
        ("It costs $3.50 (or 5 €); ‘yes’ and “no”…", "en"),
    ],
)
def test_detokenised_tokens_are_the_text_again(text: str, language: str) -> None:
    assert detokenize(words(text), language) == text


def test_words_of_a_stream_have_the_space_that_belongs_before_them() -> None:
    stream = spaced(iter(["He", "said", ":", '"', "Do", "n't", "(", "go", ")", '"', "."]), "en")
    assert next(stream) == "He"
    assert next(stream) == " said"
    assert "".join(stream) == ': "Don\'t (go)".'


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["▁alpha", "et", "a", "▁beta"], "alphaeta beta"),
        (["▁", "\n", "▁a"], "\n a"),
        (["▁", "▁a", "▁b"], "a b"),
        (["a", "▁b"], "a b"),
    ],
)
def test_no_space_stands_before_the_first_word_of_streamed_subwords(pieces: list[str], text: str) -> None:
    found = list(Detokenizer("subwords 1").stream(iter(pieces)))
    assert len(found) == len(pieces)
    assert "".join(found) == text


@pytest.mark.parametrize(
    ("tokenizer_id", "expected"),
    [("characters", "a b\n "), ("words", "a b"), ("whitespace", "a b"), ("subwords 1", "a b\n")],
)
def test_a_beginning_ends_with_what_its_last_token_holds(tokenizer_id: str, expected: str) -> None:
    assert Detokenizer(tokenizer_id).beginning("a b\n ") == expected


def test_a_currency_sign_without_a_number_stands_alone() -> None:
    assert detokenize(["a", "€", "b"], "es") == "a € b"
    assert detokenize(["5", "€", "9"], "es") == "5 € 9"
    assert detokenize(["5", "$", "9"], "en") == "5 $9"


def test_a_mark_that_closes_in_german_opens_in_english() -> None:
    assert detokenize(["a", "“", "b"], "de") == "a“ b"
    assert detokenize(["a", "“", "b"], "en") == "a “b"


@pytest.mark.real
@pytest.mark.parametrize("language", ["en", "de"])
def test_98_percent_of_multi30k_comes_back_from_its_tokens(language: str) -> None:
    if "ELMAN_DATA" not in os.environ:
        pytest.skip("ELMAN_DATA is not set")
    path = Path(os.environ["ELMAN_DATA"]) / "multi30k" / f"train.{language}"
    with open(path, encoding="utf-8", newline="\n") as file:
        lines = [line.rstrip("\n") for line in file]
    restored = sum(detokenize(words(line), language) == line for line in lines)
    assert restored / len(lines) >= 0.98
