"""Columns as in the CoNLL shared tasks: one token per line, a blank line between sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.lines import blocks
from pipelines.data.tag_notation import Scheme, recognise_notation
from pipelines.data.tag_schemes import TagError
from pipelines.datasets.options import TagOptions, notation_options
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted

DOCUMENT = "-DOCSTART-"  # first column of a line between documents
MOST_TAGS = 150  # kinds of tags that are not of entities; a column with more is of words


@dataclass(frozen=True)
class Reader(TagOptions, TextReader):
    """Tagged sentences, their tags as the scheme writes them; or untagged ones, for prediction.

    A line of `-DOCSTART-` is left out, and ends a sentence. A comment `text = ...` is the sentence's text; else it is
    the tokens joined by spaces.
    """

    token: int = 0  # number of the token's column, from 0; -1 is the last
    tag: int | None = 1  # number of the tag's column; none: there are no tags
    separator: str = "\t"  # between columns; a space stands for any run of spaces and tabs
    comment: str = ""  # how a comment begins, if there are any; a line with as many columns as others is a token's
    scheme: Scheme = "iob2"
    drop_types: tuple[str, ...] = ()  # entity types that are read as `O`

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.separator:
            raise InputError("expected a separator, got none")
        if self.token == self.tag:
            raise InputError(f"expected token and tag in two columns, got {self.token} for both")

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads sentences, streaming.

        Raises:
            InputError: a line with more or fewer columns than the file's first one, an empty token or tag, a tag that
                the scheme does not have, a line that may be a comment or a token, or a comment between two tokens.
        """
        wanted = [column for column in (self.token, self.tag) if column is not None]
        needed = max(column + 1 if column >= 0 else -column for column in wanted)
        for path in paths:
            width = 0  # columns of the file's first line
            for block in self._sentences(path):
                tokens, tags, numbers, text, comment = [], [], [], "", 0
                if not width and (of_token := next((line for _, line in block if not self._begins(line)), None)):
                    width = len(self._columns(of_token))
                    if self.tag is not None and self.token % width == self.tag % width:
                        got = f"column {self.token % width} of {width} for both"
                        raise InputError(f"{path}:{block[0][0]}: expected token and tag in two columns, got {got}")
                for number, line in block:
                    columns = self._columns(line)
                    if self._begins(line):
                        if len(columns) != width:
                            key, _, value = line.removeprefix(self.comment).partition("=")
                            text = value.strip() if key.strip() == "text" else text
                            comment = number if tokens else 0
                            continue
                        if self.separator == " ":
                            told = f"expected a comment or a token, got a line that may be either: {line[:60]!r}"
                            raise InputError(
                                f"{path}:{number}: {told}; choose a `comment` that only comments begin with"
                            )
                    if comment:
                        advice = "separate sentences by a blank line"
                        raise InputError(f"{path}:{comment}: expected no comment within a sentence, got one; {advice}")
                    if len(columns) < needed or len(columns) != width:
                        expected = f"{width} columns, as the first line has" if width >= needed else f"{needed} columns"
                        raise InputError(f"{path}:{number}: expected {expected}, got {len(columns)}: {line[:60]!r}")
                    self._check_filled(columns, f"{path}:{number}", line)
                    tokens.append(columns[self.token])
                    if self.tag is not None:
                        tags.append(self.tag_of(columns[self.tag], f"{path}:{number}"))
                    numbers.append(number)
                if tokens:
                    kept = None if self.tag is None else self._kept(tags, path, numbers)
                    yield Example(f"{path}:{numbers[0]}", text or " ".join(tokens), tuple(tokens), tags=kept)

    def _check_filled(self, columns: Sequence[str], where: str, line: str) -> None:
        """Refuses an empty token or tag."""
        if not columns[self.token] or (self.tag is not None and not columns[self.tag]):
            empty = "tag" if columns[self.token] else "token"
            wanted = "a token" if self.tag is None else "a token and a tag"
            raise InputError(f"{where}: expected {wanted}, got no {empty}: {line[:60]!r}")

    def _kept(self, tags: Sequence[str], path: Path, numbers: Sequence[int]) -> tuple[str, ...]:
        """A sentence's tags, without those of dropped types."""
        notation = self.tag_notation()
        if self.scheme != "none":
            try:
                notation.read(tags)
            except TagError as error:
                advice = "correct it, or choose another `scheme` or `tag_form`"
                raise InputError(f"{path}:{numbers[error.position]}: {error}; {advice}") from None
        return tuple("O" if self.drop_types and notation.type_of(tag) in self.drop_types else tag for tag in tags)

    def _sentences(self, path: Path) -> Iterator[list[tuple[int, str]]]:
        """Yields the lines of each sentence, cut where a document begins."""
        for block in blocks(self.read_lines(path)):
            for of_document, lines in groupby(block, lambda numbered: self._is_document(numbered[1])):
                if not of_document:
                    yield list(lines)

    def _is_document(self, line: str) -> bool:
        return DOCUMENT in line and self._columns(line)[0] == DOCUMENT

    def _columns(self, line: str) -> list[str]:
        """A line's columns, without white space around them."""
        aligned = self.separator == " "
        columns = re.split("[ \t]+", line.strip(" \t")) if aligned else line.split(self.separator)
        return [column.strip() for column in columns]

    def _begins(self, line: str) -> bool:
        """Whether a line begins as a comment does."""
        return bool(self.comment) and line.startswith(self.comment)

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        if wanted.field != "tags":
            return None
        separators = [wanted.options["separator"]] if "separator" in wanted.options else ["\t", " "]
        for separator in separators:
            if columns := cls._recognised_columns(samples, separator):
                break
        else:
            return None
        comment, sentences = columns
        width = len(sentences[0][0])
        by_column = [[[row[place] for row in sentence] for sentence in sentences] for place in range(width)]
        numbered = all(token.isdecimal() for tokens in by_column[0] for token in tokens)
        if numbered and width > 2 and any(tokens.count("1") > 1 for tokens in by_column[0]):
            told = "expected a blank line between sentences, got words that are numbered from 1 again without one"
            raise InputError(f"{samples[0].path}: {told}; write a blank line before each 1")
        token = wanted.options.get("token", int(numbered and width > 2))
        notations = {place: recognise_notation(tags) for place, tags in enumerate(by_column) if place > token}
        entities = {place for place, notation in notations.items() if notation.scheme != "none"}
        if letters := {place for place in entities if notations[place].form != "X"}:
            entities = letters  # of any words the others can be types
        kinds = {place: len({tag for tags in by_column[place] for tag in tags}) for place in notations}
        others = [place for place in kinds if kinds[place] <= MOST_TAGS and place not in letters]
        known = sorted(entities) if wanted.entities else others
        if (given := wanted.options.get("tag")) is not None:
            known = [given % width]
        if not known:
            return None
        tag = known[-1] if wanted.entities else known[0]
        options, told = {"scheme": "none"}, ""
        if wanted.entities:
            options, told = notation_options(by_column[tag], wanted.options)
        options = {"token": token, "tag": tag, "separator": separator, **options}
        shown = "a tab" if separator == "\t" else "spaces"
        found = f"one token per line, {width} columns separated by {shown}; column {token} has tokens, {tag} tags{told}"
        more = [str(place) for place in known if place != tag]
        unsure = f"column {' or '.join(more)} may have the tags: --set options.tag={more[0]}" if more else ""
        return Recognition(Evidence.LAYOUT, {**options, **({"comment": comment} if comment else {})}, found, unsure)

    @classmethod
    def _recognised_columns(cls, samples: Sequence[Sample], separator: str) -> tuple[str, list[list[list[str]]]] | None:
        """How comments begin, and sentences of rows of two columns or more, as many in each; None: they are not so."""
        reader, sentences, comments = cls(separator=separator), [[]], set()
        for sample in samples:
            for line in [*sample.lines, ""]:
                columns = reader._columns(line)
                if not line.strip(" \t"):
                    sentences += [[]] if sentences[-1] else []
                elif line.startswith("#") and (not sentences[0] or len(columns) != len(sentences[0][0])):
                    comments.add("# " if line.startswith("# ") else "#")
                elif columns[0] != DOCUMENT:
                    sentences[-1].append(columns)
        sentences = [sentence for sentence in sentences if sentence]
        widths = {len(row) for sentence in sentences for row in sentence}
        blank = any(not line.strip(" \t") for sample in samples for line in sample.lines)
        if len(widths) != 1 or widths == {1} or not (blank or len(sentences[0]) < 100):
            return None
        return min(comments, key=len, default=""), sentences
