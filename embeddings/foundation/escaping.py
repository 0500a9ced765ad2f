"""Texts and names from outside where they are printed or written: what a reader would obey is escaped, not obeyed."""

import re
from typing import Any

_MARKDOWN = re.compile(r"[\\`*\[\]<>|~&]|(?<!\w)_|_(?!\w)")  # `_` within a word stands for itself
_FORMULA = re.compile(r"[=@\t\r]|[+-].*[(|!]", re.DOTALL)

_BEYOND_XML = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """A text in which what a terminal would obey, not show, is escaped."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def markdown(text: str) -> str:
    """A text for a line or a cell of a Markdown page, of which nothing becomes markup, HTML or the end of the line."""
    return _MARKDOWN.sub(r"\\\g<0>", printable(text))


def picture(value: Any) -> Any:
    """A picture's description in which, at any depth, texts hold nothing that XML has not; its writer escapes `<`."""
    if isinstance(value, dict):
        return {picture(key): picture(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [picture(inner) for inner in value]
    return _BEYOND_XML.sub(lambda found: ascii(found[0])[1:-1], value) if isinstance(value, str) else value


def cell(value: Any) -> Any:
    """A value for a CSV file: before a text that a spreadsheet would run as a formula stands an apostrophe."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
