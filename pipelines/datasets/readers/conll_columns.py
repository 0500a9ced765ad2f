"""Columns in the manner of the CoNLL shared tasks: a token a line, a blank line between sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import blocks
from pipelines.data.tag_schemes import TagError, check_forms
from pipelines.datasets.readers import FileReader


@dataclass(frozen=True)
class Reader(FileReader):
    """Tagged sentences, their tags as the scheme writes them.

    Lines of `-DOCSTART-` are left out. A comment `text = ...` is the sentence's text; else it is the tokens
    joined by spaces.
    """

    token: int = 0  # number of the token's column, from 0; -1 is the last
    tag: int = 1  # number of the tag's column
    separator: str = "\t"  # between columns
    comment: str = ""  # how a comment begins; empty where there are none (`#` may begin a token)
    scheme: Literal["iob2", "iob1", "iobes", "none"] = "iob2"  # of entity tags; `none`: tags of another kind
    drop_types: tuple[str, ...] = ()  # entity types that are read as `O`

    def __post_init__(self) -> None:
        if not self.separator:
            raise InputError("expected a separator, got none")

    def tag_scheme(self) -> str:
        return self.scheme

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads sentences, streaming.

        Raises:
            InputError: a line with too few columns or an empty token, or a tag that the scheme does not have.
        """
        needed = max(column + 1 if column >= 0 else -column for column in (self.token, self.tag))
        for path in paths:
            for block in blocks(path):
                tokens, tags, numbers, text = [], [], [], ""
                for number, line in block:
                    if self.comment and line.startswith(self.comment):
                        key, _, value = line.removeprefix(self.comment).partition("=")
                        text = value.strip() if key.strip() == "text" else text
                        continue
                    columns = line.split(self.separator)
                    if columns[0] == "-DOCSTART-":
                        continue
                    if len(columns) < needed or not columns[self.token].strip():
                        expected = f"expected {needed} columns or more, with a token"
                        raise InputError(f"{path}:{number}: {expected}, got {line[:60]!r}")
                    tokens.append(columns[self.token])
                    tags.append(columns[self.tag].strip())
                    numbers.append(number)
                if not tokens:
                    continue
                if self.scheme != "none":
                    try:
                        check_forms(tags, self.scheme)
                    except TagError as error:
                        advice = "correct it, or choose another `scheme`"
                        raise InputError(f"{path}:{numbers[error.position]}: {error}; {advice}") from None
                kept = ("O" if tag.partition("-")[2] in self.drop_types else tag for tag in tags)
                yield Example(f"{path}:{numbers[0]}", text or " ".join(tokens), tuple(tokens), tags=tuple(kept))
