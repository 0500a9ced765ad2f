"""Tokenizers, found by the id that a dataset's config gives, and the way back from tokens to text.

No tokenizer loses a character: without its white space, which `characters` keeps, a text equals its tokens put together
(`words_lowercase`: lower-cased; to `words*`, HTML line breaks and invisible spaces are white space; to `subwords`,
the character `▁` is a space, and its tokens write it where a word begins).
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from embeddings.foundation.languages import main_language
from pipelines.text.subwords import SUBWORDS, encoding_path, join_pieces, load_encoding, spaced_pieces
from pipelines.text.words import characters, whitespace, without_gaps, words, words_lowercase

Tokenizer = Callable[[str], list[str]]

# Languages whose words no spaces part: to `words` a clause is one word.
WITHOUT_SPACES = frozenset(("ja", "km", "lo", "my", "th", "zh"))

_TOKENIZERS: dict[str, Tokenizer] = {
    "characters": characters,
    "whitespace": whitespace,
    "words": words,
    "words_lowercase": words_lowercase,
}


def tokenizer(name: str) -> Tokenizer:
    """Finds a tokenizer by its id.

    Raises:
        InputError: there is none of this name; the message suggests the nearest.
    """
    if name not in _TOKENIZERS:
        raise InputError(f"no tokenizer {name!r}{nearest(name, [*_TOKENIZERS, SUBWORDS])}")
    return _TOKENIZERS[name]


def tokenizer_of(dataset: Mapping[str, Any], folder: Path) -> Tokenizer:
    """The tokenizer that a dataset's texts went through.

    Args:
        dataset: what prepare said of it.
        folder: of the dataset, or of a run that was trained on it: there an encoding of subwords is kept.

    Raises:
        InputError: the encoding is missing, or another one than the dataset's.
    """
    name = dataset["tokenizers"]["tokens"] or "whitespace"  # of examples that are features, and have no texts
    return load_encoding(encoding_path(folder, "tokens"), name) if name.startswith(SUBWORDS) else tokenizer(name)


@dataclass(frozen=True)
class Detokenizer:
    """Detokenizes what a tokenizer split.

    Args:
        tokenizer: its id.
        language: of the text, see `detokenize`.
    """

    tokenizer: str = "words"
    language: str = ""

    def __call__(self, tokens: Sequence[str]) -> str:
        """The whole text of some tokens."""
        if self.tokenizer.startswith(SUBWORDS):
            return join_pieces(tokens)
        return "".join(tokens) if self.tokenizer == "characters" else detokenize(tokens, self.language)

    def stream(self, tokens: Iterable[str]) -> Iterator[str]:
        """Each token behind the space that belongs before it, one by one."""
        if self.tokenizer.startswith(SUBWORDS):
            return spaced_pieces(tokens)
        return iter(tokens) if self.tokenizer == "characters" else spaced(tokens, self.language)

    def beginning(self, text: str) -> str:
        """A text that a stream continues, without the spaces at its end that no token holds."""
        if self.tokenizer == "characters":
            return text
        return text.rstrip(" ") if self.tokenizer.startswith(SUBWORDS) else text.rstrip()


PLAIN = Detokenizer()


def detokenizer_of(dataset: Mapping[str, Any]) -> Detokenizer:
    """What puts a dataset's target tokens together again, or where it has none, its tokens."""
    field = "target_tokens" if dataset["tokenizers"]["target_tokens"] else "tokens"
    return Detokenizer(dataset["tokenizers"][field] or "", dataset["target_language"] or dataset["language"])


def suits(name: str, language: str) -> bool:
    """Whether a tokenizer finds the words of a language."""
    return not (name.startswith("words") and main_language(language) in WITHOUT_SPACES)


def offsets(text: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Character offsets of each token: its first character, and the one after its last.

    Case does not matter. A token that the text does not hold, such as that of an empty text, has no characters: it
    begins and ends where the one before ends.
    """
    folded = [(character, place) for place, whole in enumerate(text) for character in whole.casefold()]
    letters, places = "".join(character for character, _ in folded), [place for _, place in folded]
    shown = "".join(character.casefold() for character in without_gaps(text))
    found, cursor = [], 0
    for token in tokens:
        sought = "".join(character.casefold() for character in token)
        start = shown.find(sought, cursor)
        start = letters.find(sought, cursor) if start < 0 else start
        if start < 0:
            end_before = found[-1][1] if found else 0
            found.append((end_before, end_before))
        else:
            cursor = start + len(sought)
            found.append((places[start], places[cursor - 1] + 1))
    return found


_STRAIGHT = ('"', "'")
_CLOSED_BY = {"„": "“”", "“": "”", "”": "”", "‚": "‘’", "‘": "’", "«": "»", "»": "«", "‹": "›", "›": "‹"}
_LOW_HIGH = frozenset(
    ["be", "bg", "cs", "de", "et", "is", "ka", "lt", "lv", "mk", "ru", "sk", "sl", "sr", "uk"]
)  # write „so“
_REVERSED = frozenset(("da", "de"))  # may write »so«
_RIGHT_ALONE = frozenset(("fi", "sv"))  # write ”so”
_TO_THE_LEFT = regex.compile(
    r"[\p{Terminal_Punctuation}\p{Pe}\p{Pf}…%‰٪]+|['’](?:s|m|d|ll|re|ve)|n['’]t", regex.IGNORECASE
)
_TO_THE_RIGHT = regex.compile(r"[\p{Ps}\p{Pi}¿¡#]+")
_NUMBER = regex.compile(r"\d+(?:[.,:]\d+)*")
_DOLLARS = frozenset(("AU", "CA", "HK", "MX", "NT", "NZ", "R", "US"))  # before $: US$, R$
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uff65]")


def detokenize(tokens: Sequence[str], language: str) -> str:
    """Detokenizes the tokens of `words` with the spaces that a writer of the language would set.

    Punctuation goes by its Unicode category; French sets a space before `:;!?`. A currency sign belongs to the number
    after it, and outside English rather to one before it: `US$50`, but `R$ 50`. A degree sign belongs to the number
    before it. Of two straight quotation marks the first opens; a lone one closes, as in `the boys' room`. Chinese and
    Japanese have no spaces.

    Args:
        tokens: the tokens.
        language: its code, such as `en`; it decides how ambiguous quotation marks open or close.
    """
    last = {token: position for position, token in enumerate(tokens)}
    return "".join(spaced(tokens, language, {last[mark] for mark in _STRAIGHT if mark in last}))


def spaced(tokens: Iterable[str], language: str, lone: Collection[int] = ()) -> Iterator[str]:
    """The tokens of `words`, each behind the space that a writer of the language would set before it, streaming.

    Args:
        tokens: the tokens.
        language: as for `detokenize`.
        lone: positions of straight quotation marks that close where they would open.
    """
    language = main_language(language)
    open_marks: list[str] = []
    before, two_before, glued = "", "", True  # glued: no space before the next token
    for position, token in enumerate(tokens):
        if token in _STRAIGHT:
            opens = token not in open_marks and position not in lone
            closes = not opens
            open_marks = [*open_marks, token] if opens else [mark for mark in open_marks if mark != token]
        elif token in _CLOSED_BY or token == "’":
            opens = _opens(token, open_marks, language)
            closes = not opens
        else:
            opens = _TO_THE_RIGHT.fullmatch(token) is not None
            closes = _TO_THE_LEFT.fullmatch(token) is not None
        if language == "fr":
            opens, closes = opens and token != "«", closes and token[0] not in ":;!?»"
        if (token == "$" and before in _DOLLARS) or token == "°":
            closes = True
        elif before == "°" and _NUMBER.fullmatch(two_before):
            closes = closes or token in ("C", "F")
        if unicodedata.category(before[-1:] or "a") == "Sc":  # a currency sign
            its_number_came = language != "en" and _NUMBER.fullmatch(two_before) is not None
            stands_apart = its_number_came or (language != "en" and two_before in _DOLLARS)  # R$ 50, but US$50
            glued = _NUMBER.fullmatch(token) is not None and not stands_apart
        yield token if glued or closes or _unspaced(before[-1:], token[:1]) else f" {token}"
        before, two_before, glued = token, before, opens


def _opens(mark: str, open_marks: list[str], language: str) -> bool:
    """Whether a quotation mark opens, given those that are open, of which it may close one."""
    for place in reversed(range(len(open_marks))):
        if mark in _CLOSED_BY.get(open_marks[place], ""):
            del open_marks[place:]
            return False
    by_language = {
        "“": language not in _LOW_HIGH,
        "‘": language not in _LOW_HIGH,
        "»": language in _REVERSED,
        "›": language in _REVERSED,
        "”": language in _RIGHT_ALONE,
        "’": False,
    }
    opens = by_language.get(mark, True)
    if opens:
        open_marks.append(mark)
    return opens


def _unspaced(before: str, after: str) -> bool:
    """Whether two neighbouring characters have no space between, as in Chinese: neither may be another's letter."""
    letters = [bool(_UNSPACED.match(each)) or not each.isalnum() for each in (before, after)]
    return bool(before) and all(letters) and any(_UNSPACED.match(each) for each in (before, after))
