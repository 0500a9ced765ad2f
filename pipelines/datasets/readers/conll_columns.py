"""Columns in the manner of the CoNLL shared tasks: a token a line, a blank line between sentences."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import blocks
from pipelines.data.tag_schemes import SCHEMES, TagError, check_forms, from_iob2, to_iob2

DOCUMENT = "-DOCSTART-"  # first column of a line between documents


def read(
    paths: Sequence[Path],
    token: int = 0,
    tag: int = 1,
    separator: str = "\t",
    comment: str = "",
    scheme: str = "iob2",
    drop_types: Sequence[str] = (),
) -> Iterator[Example]:
    """Reads tagged sentences, streaming.

    Lines of `-DOCSTART-` are left out. A comment `text = ...` is the sentence's text; else it is the tokens
    joined by spaces.

    Args:
        paths: the files, one after another.
        token: number of the token's column, from 0; -1 is the last.
        tag: number of the tag's column.
        separator: what stands between columns; a space stands for any run of spaces and tabs.
        comment: how a comment begins; empty where there are none. A line that begins so and has as many columns as
            others is a token's.
        scheme: of entity tags, turned into IOB2: `iob2` (prepare repairs what does not begin with `B-`), `iob1`,
            `iobes` (what is malformed is repaired, and counted in the example); `none`: tags as they are.
        drop_types: entity types that are read as `O`.

    Raises:
        InputError: a line with more or fewer columns than the file's first one, an empty token or tag, a tag that the
            scheme does not allow, or a line that may be a comment or a token.
    """
    if scheme not in (*SCHEMES, "none"):
        raise InputError(f"conll_columns: expected a scheme of {', '.join(SCHEMES)}, none, got {scheme!r}")
    if not separator:
        raise InputError("conll_columns: expected a separator, got none")
    if token == tag:
        raise InputError(f"conll_columns: expected token and tag in two columns, got {token} for both")
    needed = max(column + 1 if column >= 0 else -column for column in (token, tag))

    def split(line: str) -> list[str]:
        columns = re.split("[ \t]+", line.strip(" \t")) if separator == " " else line.split(separator)
        return [column.strip() for column in columns]

    for path in paths:
        width = 0  # columns of the file's first line
        for block in blocks(path):
            tokens, tags, numbers, text = [], [], [], ""
            of_tokens = (split(line) for _, line in block if not _begins(line, comment))
            width = width or next((len(columns) for columns in of_tokens if columns[0] != DOCUMENT), 0)
            for number, line in block:
                columns = split(line)
                if _begins(line, comment):
                    if len(columns) != width:
                        key, _, value = line.removeprefix(comment).partition("=")
                        text = value.strip() if key.strip() == "text" else text
                        continue
                    if separator == " ":
                        told = f"expected a comment or a token, got what may be either: {line[:60]!r}"
                        raise InputError(f"{path}:{number}: {told}; let `comment` be what begins comments alone")
                if columns[0] == DOCUMENT:
                    continue
                if len(columns) < needed or len(columns) != width:
                    expected = f"{width} columns, as the first line has" if width >= needed else f"{needed} columns"
                    raise InputError(f"{path}:{number}: expected {expected}, got {len(columns)}: {line[:60]!r}")
                if not columns[token] or not columns[tag]:
                    empty = "tag" if columns[token] else "token"
                    raise InputError(f"{path}:{number}: expected a token and a tag, got no {empty}: {line[:60]!r}")
                tokens.append(columns[token])
                tags.append(columns[tag])
                numbers.append(number)
            if not tokens:
                continue
            repaired = None
            try:
                if scheme != "none":
                    check_forms(tags, scheme)
                tags = ["O" if name.partition("-")[2] in drop_types else name for name in tags]
                if scheme in ("iob1", "iobes"):
                    written, tags = tags, to_iob2(tags, scheme)
                    if scheme == "iobes":
                        repaired = sum(a != b for a, b in zip(written, from_iob2(tags, scheme), strict=True)) or None
            except TagError as error:
                advice = "correct it, or choose another `scheme`"
                raise InputError(f"{path}:{numbers[error.position]}: {error}; {advice}") from None
            text = text or " ".join(tokens)
            yield Example(f"{path}:{numbers[0]}", text, tuple(tokens), tags=tuple(tags), repaired_tags=repaired)


def _begins(line: str, comment: str) -> bool:
    """Whether a line begins as a comment does."""
    return bool(comment) and line.startswith(comment)
