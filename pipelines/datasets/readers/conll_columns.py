"""Columns in the manner of the CoNLL shared tasks: a token a line, a blank line between sentences."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import blocks
from pipelines.data.tag_schemes import SCHEMES, TagError, check_forms, from_iob2, to_iob2


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
        separator: what stands between columns.
        comment: how a comment begins; empty where there are none (`#` may begin a token).
        scheme: of entity tags, turned into IOB2: `iob2` (prepare repairs what does not begin with `B-`), `iob1`,
            `iobes` (what is malformed is repaired, and counted in the example); `none`: tags as they are.
        drop_types: entity types that are read as `O`.

    Raises:
        InputError: a line with too few columns or an empty token, or a tag that the scheme does not allow.
    """
    if scheme not in (*SCHEMES, "none"):
        raise InputError(f"conll_columns: expected a scheme of {', '.join(SCHEMES)}, none, got {scheme!r}")
    if not separator:
        raise InputError("conll_columns: expected a separator, got none")
    needed = max(column + 1 if column >= 0 else -column for column in (token, tag))
    for path in paths:
        for block in blocks(path):
            tokens, tags, numbers, text = [], [], [], ""
            for number, line in block:
                if comment and line.startswith(comment):
                    key, _, value = line.removeprefix(comment).partition("=")
                    text = value.strip() if key.strip() == "text" else text
                    continue
                columns = line.split(separator)
                if columns[0] == "-DOCSTART-":
                    continue
                if len(columns) < needed or not columns[token].strip():
                    raise InputError(
                        f"{path}:{number}: expected {needed} columns or more, with a token, got {line[:60]!r}"
                    )
                tokens.append(columns[token])
                tags.append(columns[tag].strip())
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
