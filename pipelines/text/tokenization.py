"""Tokenizers, found by the id that a dataset's config gives, and the way back from tokens to text.

No tokenizer loses a character: without its white space, which `characters` keeps, a text equals its tokens put together
(`words_lowercase`: lower-cased; to `words*`, HTML line breaks and invisible spaces are white space; to `subwords`,
the character `▁` is a space, and its tokens write it where a word begins).
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from html.entities import html5
from itertools import islice
from pathlib import Path
from typing import Any

import regex

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from embeddings.foundation.languages import main_language
from pipelines.text.subwords import SUBWORDS, encoding_path, join_pieces, load_encoding, spaced_pieces

Tokenizer = Callable[[str], list[str]]

_LETTER = r"[\p{L}\p{N}]"  # or a digit
_WORD_CHARACTER = r"[\p{L}\p{N}\p{M}_]"
_JOINED = r"[\p{M}\u00ad\u200c\u200d]"  # marks that belong to the letter before, soft hyphen, joiners
_RUN = f"{_LETTER}+(?:{_JOINED}+{_LETTER}*)*"
_END = f"(?!{_LETTER})"
_CLITIC = f"['’](?i:s|m|d|ll|re|ve){_END}"
_NEGATION = f"[nN]['’][tT]{_END}"
_BEFORE_NEGATION = regex.compile(f"(?<={_LETTER})(?={_NEGATION})")
_INVISIBLE = "\u200b\u2060\ufeff"
_GAP = regex.compile(f"<br ?/?>|[{_INVISIBLE}]")  # HTML line breaks, invisible characters
_ASCII_PART = regex.compile(r"[^ \t\n\v\f\r]+")
_WORD = regex.compile(
    "|".join(
        (
            r"(?:https?://|www\.)\S*[\p{L}\p{N}]/?",  # URL, without the punctuation that follows it
            r"\w[\w.+-]{0,63}+@\w[\w-]*(?:\.\w[\w-]*)+",  # e-mail
            rf"[@#](?!\d){_WORD_CHARACTER}+",  # user, hashtag
            rf"(?:{_LETTER}\p{{M}}*\.){{2,}}(?:{_LETTER}(?!{_WORD_CHARACTER})|{_END})",  # U.S., U.S.A, z.B., т.е.
            rf"(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|bzw|usw)\.{_END}",
            r"\d+(?:[.,:]\d+)+",  # 3.50, 1,000, 10:30
            _NEGATION,
            _CLITIC,
            rf"{_RUN}(?:(?!{_CLITIC})[-‐‑'’_&]{_RUN})*"  # a word, with what joins its parts
            rf"(?:-(?= (?:und|oder|and|or){_END}))?",  # zwei- und dreimal
            r"&#?\w+;",  # what looks like an entity of HTML, and is none
            r"((?=[\p{Extended_Pictographic}\p{Regional_Indicator}])\X)\1*",  # an emoji with all that makes it one
            r"([^\p{L}\p{N}\p{M}\s]\p{M}*|\p{M}+)\2*",  # a punctuation mark, or a run of one: ..., !!!, --
        )
    )
)


@cache
def _entity() -> Any:
    """The pattern of an entity of HTML, of 2,125 names: it takes twice as long to compile as all else to import."""
    names = [name[:-1] for name in html5 if name.endswith(";")]
    return regex.compile(r"&(?:\L<names>|#\d{1,7}|#[xX][\da-fA-F]{1,6});", names=names)


# Languages whose words no spaces part: to `words` a clause is one word.
WITHOUT_SPACES = frozenset(("ja", "km", "lo", "my", "th", "zh"))


def whitespace(text: str) -> list[str]:
    """Splits at ASCII white space alone: for text that is tokenised already.

    Other white space may be part of a token, such as `10 000` with a no-break space; around one it is left out, as the
    readers do.
    """
    return [token for part in _ASCII_PART.findall(text) if (token := part.strip())]


def words(text: str) -> list[str]:
    """Splits into words, numbers and punctuation marks, as treebanks do: `do n't`, `it 's`, `3.50`, `well-known`.

    An entity of HTML is read as its character, and stays as it is written: `AT&amp;T`, but `good &mdash; really`.
    """
    text = _without_gaps(text)
    if "&" not in text or not _entity().search(text):
        return _words(text)
    found = _words(_entity().sub(lambda entity: _character(entity[0]), text))
    written = iter(regex.findall(rf"{_entity().pattern}|\S", text, names=_entity().named_lists["names"]))
    return ["".join(islice(written, len(token))) for token in found]


def _words(text: str) -> list[str]:
    return [match.group() for match in _WORD.finditer(_BEFORE_NEGATION.sub(" ", text))]


def _character(entity: str) -> str:
    """The character that an entity of HTML stands for, of several the first one."""
    return unescape(entity)[:1] or "\ufffd"


def _without_gaps(text: str) -> str:
    """A text of the same length with spaces for what shows none of its characters, and for entities of white space."""
    text = _GAP.sub(lambda gap: " " * len(gap[0]), text)
    if "&" not in text:
        return text

    def shown(entity: Any) -> str:
        character = _character(entity[0])
        return " " * len(entity[0]) if character.isspace() or character in _INVISIBLE else entity[0]

    return _entity().sub(shown, text)


def words_lowercase(text: str) -> list[str]:
    """Splits as `words` does, and lower-cases."""
    return words(text.lower())


def characters(text: str) -> list[str]:
    """Splits into characters, white space included."""
    return list(text)


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
    without_gaps = "".join(character.casefold() for character in _without_gaps(text))
    found, cursor = [], 0
    for token in tokens:
        sought = "".join(character.casefold() for character in token)
        start = without_gaps.find(sought, cursor)
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
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uff65]")


def detokenize(tokens: Sequence[str], language: str) -> str:
    """Detokenizes the tokens of `words` with the spaces that a writer of the language would set.

    Punctuation goes by its Unicode category; French sets a space before `:;!?`. A currency sign belongs to the number
    after it, and outside English rather to one before it. Of two straight quotation marks the first opens; a lone one
    closes, as in `the boys' room`. Chinese and Japanese have no spaces.

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
        if unicodedata.category(before[-1:] or "a") == "Sc":  # a currency sign
            its_number_came = language != "en" and _NUMBER.fullmatch(two_before) is not None
            glued = _NUMBER.fullmatch(token) is not None and not its_number_came
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
