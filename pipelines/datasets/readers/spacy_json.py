"""Texts with entities in the JSON of spaCy: its training formats, and what `Doc.to_json` writes.

- pairs `["text", {"entities": [[start, end, type]]}]`, in a list, or under `annotations`, as annotation tools write;
- documents of `Doc.to_json`: `{"text": ..., "ents": [{"start": ..., "end": ..., "label": ...}]}`;
- the training format of spaCy 2, whose `paragraphs` hold sentences of tokens with BILOU tags.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from embeddings.foundation.reading import decode
from pipelines.data.examples import Example
from pipelines.data.json_items import json_items
from pipelines.data.tag_notation import TagNotation
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted
from pipelines.datasets.spans import SpanOptions

_ADVICE = "write documents by `Doc.to_json()` of spaCy"


_FORMS = re.compile(r'\{\s*"entities"\s*:\s*\[\s*(\[|\])|"ents"\s*:\s*\[|"paragraphs"\s*:\s*\[')


class Entities(msgspec.Struct):
    """The annotations of a pair."""

    entities: list[tuple[int, int, str]]


class Pairs(msgspec.Struct):
    """A file of an annotation tool; a text that was skipped is null."""

    annotations: list[tuple[str, Entities] | None]


class Entity(msgspec.Struct):
    """An entity of a document."""

    start: int
    end: int
    label: str


class Sentence(msgspec.Struct):
    """The first character of a sentence, and the one behind its last."""

    start: int
    end: int


class Document(msgspec.Struct):
    """A document of `Doc.to_json`."""

    text: str
    ents: list[Entity]
    sents: list[Sentence] = []


class Token(msgspec.Struct):
    """A token of spaCy 2."""

    orth: str
    ner: str


class Tokens(msgspec.Struct):
    """A sentence of spaCy 2."""

    tokens: list[Token]


class Paragraph(msgspec.Struct):
    """A paragraph of spaCy 2."""

    sentences: list[Tokens]


class Paragraphs(msgspec.Struct):
    """A document of spaCy 2."""

    paragraphs: list[Paragraph]


@dataclass(frozen=True)
class Reader(SpanOptions, TextReader):
    """Texts with entities, of documents with sentences each sentence."""

    def tag_notation(self) -> TagNotation:
        return TagNotation("bilou")  # of spaCy 2's tokens

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads texts, streaming.

        Raises:
            InputError: an item of none of these shapes, or a span that is not within its text.
        """
        for path in paths:
            for number, item in json_items(self.read_lines(path), path):
                yield from self._examples(item, path, number)

    def _examples(self, item: bytes, path: Path, number: int) -> Iterator[Example]:
        where = f"{path}:{number}"
        if item.startswith(b"["):
            text, found = decode(item, msgspec.json.Decoder(tuple[str, Entities]), path, number, _ADVICE)
            yield self.spanned(where, text, found.entities)
            return
        keys = decode(item, msgspec.json.Decoder(dict[str, msgspec.Raw]), path, number, _ADVICE)
        if "annotations" in keys:
            pairs = decode(item, msgspec.json.Decoder(Pairs), path, number, _ADVICE).annotations
            for text, found in filter(None, pairs):
                yield self.spanned(where, text, found.entities)
        elif "paragraphs" in keys:
            document = decode(item, msgspec.json.Decoder(Paragraphs), path, number, _ADVICE)
            for sentence in (each for paragraph in document.paragraphs for each in paragraph.sentences):
                tokens = tuple(token.orth.strip() for token in sentence.tokens)
                tags = tuple(token.ner for token in sentence.tokens)
                kept = [at for at, token in enumerate(tokens) if token]  # spaCy has tokens of white space
                found = tuple(tokens[at] for at in kept)
                yield Example(where, " ".join(found), found, tags=tuple(tags[at] for at in kept))
        else:
            document = decode(item, msgspec.json.Decoder(Document), path, number, _ADVICE)
            spans = [(each.start, each.end, each.label) for each in document.ents]
            sentences = [(each.start, each.end) for each in document.sents]
            yield from self.divided(where, document.text, spans, sentences or [(0, len(document.text))])

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        beginning = samples[0].beginning
        if wanted.entities and beginning[:1] in ("{", "[") and _FORMS.search(beginning):
            return Recognition(Evidence.SIGNATURE, {}, "texts with entities in the JSON of spaCy")
        return None
