"""Words: how a text is split at white space, into words, and into characters.

`elman export` puts this file beside a model, so it imports nothing of Elman: `regex` is all that it needs.
"""

from collections.abc import Iterator
from html import unescape
from html.entities import html5
from itertools import chain, islice
from typing import Any

import regex

_LETTER = r"[\p{L}\p{N}]"  # or a digit
_WORD_CHARACTER = r"[\p{L}\p{N}\p{M}_]"
_JOINED = r"[\p{M}\u00ad\u200c\u200d]"  # marks that belong to the letter before, soft hyphen, joiners
_RUN = f"{_LETTER}+(?:{_JOINED}+{_LETTER}*)*"
_END = f"(?!{_LETTER})"
_CLITIC = f"['’](?i:s|m|d|ll|re|ve){_END}"
_NEGATION = f"[nN]['’][tT]{_END}"
_BEFORE_NEGATION = regex.compile(f"(?<={_LETTER})(?={_NEGATION})")
_ENTITY = regex.compile(r"&(?:[a-zA-Z][a-zA-Z\d]{1,30}|#\d{1,7}|#[xX][\da-fA-F]{1,6});")  # or what looks like one
_VISIBLE = regex.compile(r"\S")
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
    text = without_gaps(text)
    shown: list[str] = []  # parts of the text as they are read: between entities, and the character of each
    written: list[str] = []  # what is written for each of their characters that is not white space
    end = 0
    for entity in _entities(text):
        shown += text[end : entity.start()], _character(entity[0])
        written += *_VISIBLE.findall(text, end, entity.start()), entity[0]
        end = entity.end()
    if not end:
        return _words(text)
    found = _words("".join(shown) + text[end:])
    rest = chain(written, _VISIBLE.findall(text, end))
    return ["".join(islice(rest, len(token))) for token in found]


def _words(text: str) -> list[str]:
    return [match.group() for match in _WORD.finditer(_BEFORE_NEGATION.sub(" ", text))]


def _entities(text: str) -> Iterator[Any]:
    """Where entities of HTML stand in a text."""
    found = _ENTITY.finditer(text) if "&" in text else ()
    return (each for each in found if each[0][1] == "#" or each[0][1:] in html5)


def _character(entity: str) -> str:
    """The character that an entity of HTML stands for, of several the first one."""
    return unescape(entity)[:1] or "\ufffd"


def without_gaps(text: str) -> str:
    """A text of the same length with spaces for what shows none of its characters, and for entities of white space."""
    text = _GAP.sub(lambda gap: " " * len(gap[0]), text)
    parts, end = [], 0
    for entity in _entities(text):
        character = _character(entity[0])
        if character.isspace() or character in _INVISIBLE:
            parts += text[end : entity.start()], " " * len(entity[0])
            end = entity.end()
    return "".join(parts) + text[end:] if parts else text


def words_lowercase(text: str) -> list[str]:
    """Splits as `words` does, and lower-cases."""
    return words(text.lower())


def characters(text: str) -> list[str]:
    """Splits into characters, white space included."""
    return list(text)
