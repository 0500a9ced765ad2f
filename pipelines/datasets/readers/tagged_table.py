"""Tagged tokens in a table: one token per line, with a column that says which sentence it belongs to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.datasets.options import TagOptions, notation_options
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted
from pipelines.datasets.table import TableReader, column_named, first_rows

SENTENCE_NAMES = ("sentence", "sentence #", "sentence_id", "sentence id", "sent", "sent_id", "sentence_idx")
TOKEN_NAMES = ("token", "word", "tokens", "words", "form")
ENTITY_NAMES = ("ner", "ner_tag", "entity", "tag", "label", "tags", "labels")
TAG_NAMES = ("pos", "upos", "pos_tag", "tag", "label", "tags", "labels")


@dataclass(frozen=True)
class Reader(TagOptions, TableReader):
    """Tagged sentences: a line belongs to the sentence before unless its sentence column holds another value.

    An empty one means the same sentence, as where the number stands in the first line of each alone.
    """

    sentence: str = "sentence"  # name of the column that tells sentences apart
    token: str = "token"  # name of the column of tokens
    tag: str | None = "tag"  # name of the column of tags; none: there are no tags

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads sentences, streaming.

        Raises:
            InputError: a column is missing or there twice, a first line without a sentence, or a line without a token
                or tag.
        """
        wanted = [name for name in (self.sentence, self.token, self.tag) if name is not None]
        for path in paths:
            current, begin = "", ""
            tokens: list[str] = []
            tags: list[str] = []
            for where, values in self.rows(path, wanted):
                sentence = values[self.sentence].strip() or current
                if not sentence:
                    raise InputError(f"{where}: expected a sentence in column {self.sentence!r}, got none")
                if sentence != current and tokens:
                    yield self._example(begin, tokens, tags)
                    tokens, tags = [], []
                current, begin = sentence, begin if tokens else where
                tokens.append(self._filled(values[self.token], self.token, where))
                if self.tag is not None:
                    tags.append(self.tag_of(self._filled(values[self.tag], self.tag, where), where))
            if tokens:
                yield self._example(begin, tokens, tags)

    def _example(self, where: str, tokens: Sequence[str], tags: Sequence[str]) -> Example:
        return Example(where, " ".join(tokens), tuple(tokens), tags=None if self.tag is None else tuple(tags))

    def _filled(self, value: str, column: str, where: str) -> str:
        """A value without white space around it; an empty one is refused."""
        if not value.strip():
            raise InputError(f"{where}: expected a value in column {column!r}, got none")
        return value.strip()

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        if wanted.field != "tags":
            return None
        given = wanted.options
        separator, rows = first_rows(samples[0], wanted)
        if not rows:
            return None
        columns = {name: [row[place].strip() for row in rows[1:]] for place, name in enumerate(rows[0])}
        names = (SENTENCE_NAMES, TOKEN_NAMES, ENTITY_NAMES if wanted.entities else TAG_NAMES)
        known = zip(("sentence", "token", "tag"), names, strict=True)
        places = {key: str(given.get(key) or column_named(columns, of_key)) for key, of_key in known}
        if not all(place in columns for place in places.values()):
            return None
        options, told = notation_options([columns[places["tag"]]], given) if wanted.entities else ({}, "")
        shown = ", ".join(f"{key} {place!r}" for key, place in places.items())
        options = {**places, "separator": separator, **options}
        return Recognition(Evidence.SIGNATURE, options, f"a table with one token per line; {shown}{told}")
