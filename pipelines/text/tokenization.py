"""Tokenizers, found by the id that a dataset's config gives, and the way back from tokens to text.

No tokenizer loses a character: without its white space, which `characters` keeps, a text equals its tokens put together
(`words_lowercase`: lower-cased; to `words*`, HTML line breaks and invisible spaces are white space; to `subwords`,
the character `▁` is a space, and its tokens write it where a word begins).
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from pipelines.text.subwords import SUBWORDS, encoding_path, join_pieces, load_encoding, spaced_pieces

Tokenizer = Callable[[str], list[str]]

_LETTER = r"[^\W_]"  # or a digit
_JOINED = r"[\u00ad\u0300-\u036f\u200c\u200d]"  # soft hyphen, combining marks such as stresses, joiners
_RUN = f"{_LETTER}+(?:{_JOINED}+{_LETTER}*)*"
_CLITIC = f"['’](?i:s|m|d|ll|re|ve)(?!{_LETTER})"
_NEGATION = f"[nN]['’][tT](?!{_LETTER})"
_BEFORE_NEGATION = re.compile(f"(?<={_LETTER})(?={_NEGATION})")
_GAP = re.compile("<br ?/?>|[\u200b\u2060\ufeff]")  # HTML line breaks, invisible characters
_WORD = re.compile(
    "|".join(
        (
            r"(?:https?://|www\.)\S*[^\W_]/?",  # URL, without the punctuation that follows it
            r"\w[\w.+-]{0,63}+@\w[\w-]*(?:\.\w[\w-]*)+",  # e-mail
            r"[@#](?!\d)\w+",  # user, hashtag
            r"&#?\w+;",  # &amp;
            rf"(?:{_LETTER}\.){{2,}}(?:{_LETTER}(?!{_LETTER})|(?!{_LETTER}))",  # U.S., U.S.A, z.B., т.е.
            rf"(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|bzw|usw)\.(?!{_LETTER})",
            r"\d+(?:[.,:]\d+)+",  # 3.50, 1,000, 10:30
            _NEGATION,
            _CLITIC,
            rf"{_RUN}(?:(?!{_CLITIC})[-‐‑'’_&]{_RUN})*"  # a word, with its hyphens and inner apostrophes
            rf"(?:-(?= (?:und|oder|and|or)(?!{_LETTER})))?",  # zwei- und dreimal
            r"([^\w\s]|_)\1*",  # a punctuation mark, or a run of one: ..., !!!, --
        )
    )
)


def whitespace(text: str) -> list[str]:
    """Splits at white space alone: for text that is tokenised already."""
    return text.split()


def words(text: str) -> list[str]:
    """Splits into words, numbers and punctuation marks, as treebanks do: `do n't`, `it 's`, `3.50`, `well-known`."""
    text = _BEFORE_NEGATION.sub(" ", _GAP.sub(" ", text))
    return [match.group() for match in _WORD.finditer(text)]


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
        InputError: there is none of this name; the nearest is told.
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
    """Puts tokens together as their tokenizer took them apart.

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
        """A text that a stream goes on from, without the spaces at its end that no token holds."""
        if self.tokenizer == "characters":
            return text
        return text.rstrip(" ") if self.tokenizer.startswith(SUBWORDS) else text.rstrip()


PLAIN = Detokenizer()


def detokenizer_of(dataset: Mapping[str, Any]) -> Detokenizer:
    """What puts a dataset's target tokens together again, or where it has none, its tokens."""
    field = "target_tokens" if dataset["tokenizers"]["target_tokens"] else "tokens"
    return Detokenizer(dataset["tokenizers"][field] or "", dataset["target_language"] or dataset["language"])


def offsets(text: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Where each token of a tokenizer stands in its text: its first character, and the one behind its last.

    Case does not matter. A token that the text does not hold, such as that of an empty text, has no characters: it
    begins and ends where the one before ends.
    """
    folded = [(character, place) for place, whole in enumerate(text) for character in whole.casefold()]
    letters, places = "".join(character for character, _ in folded), [place for _, place in folded]
    visible = _GAP.sub(lambda gap: " " * len(gap[0]), text)
    without_gaps = "".join(character.casefold() for character in visible)
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


_GLUED_TO_THE_LEFT = re.compile(r"([.,!?;:])\1*|[…%)\]}’”»]|['’](?:s|m|d|ll|re|ve)|n['’]t", re.IGNORECASE)
_GLUED_TO_THE_RIGHT = re.compile(r"[(\[{$£€#‘«„]")
_STRAIGHT = ('"', "'")


def detokenize(tokens: Sequence[str], language: str) -> str:
    """Puts the tokens of `words` together with the spaces that a writer of the language would set.

    Of two straight quotation marks the first opens; a lone one closes, as in `the boys' room`.

    Args:
        tokens: the tokens.
        language: `en`, `de` or `ru`; it tells whether the mark “ opens or closes.
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
    open_marks: set[str] = set()
    glued = True  # no space before the next token
    for position, token in enumerate(tokens):
        if token in _STRAIGHT:
            opens = token not in open_marks and position not in lone
            (open_marks.add if opens else open_marks.discard)(token)
            closes = not opens
        elif token == "“":
            closes = language != "en"
            opens = not closes
        else:
            opens = _GLUED_TO_THE_RIGHT.fullmatch(token) is not None
            closes = _GLUED_TO_THE_LEFT.fullmatch(token) is not None
        yield token if glued or closes else f" {token}"
        glued = opens
