"""Texts with entities as doccano exports them: JSON Lines, or a list, of texts and spans of characters.

`label` (or `labels`) holds `[start, end, type]`; exports with relations have `entities`, objects with `start_offset`,
`end_offset` and `label`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from embeddings.foundation.reading import decode
from pipelines.data.examples import Example
from pipelines.data.json_items import json_items
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted
from pipelines.datasets.spans import SpanOptions

_SPANS = re.compile(r'"(labels?|entities)"\s*:\s*\[\s*(\[\s*\d+\s*,|\{[^{}]*"start_offset")')


class Entity(msgspec.Struct):
    """An entity of an export with relations."""

    start_offset: int
    end_offset: int
    label: str


class Document(msgspec.Struct):
    """A line of an export."""

    text: str
    label: list[tuple[int, int, str]] = []
    labels: list[tuple[int, int, str]] = []
    entities: list[Entity] = []


@dataclass(frozen=True)
class Reader(SpanOptions, TextReader):
    """Texts with entities."""

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads texts, streaming.

        Raises:
            InputError: a document without a text, or with something else than spans within it.
        """
        decoder = msgspec.json.Decoder(Document)
        advice = "export it from doccano as JSONL; labels of whole texts are read by `json_lines`"
        for path in paths:
            for number, item in json_items(self.read_lines(path), path):
                document = decode(item, decoder, path, number, advice)
                entities = [(each.start_offset, each.end_offset, each.label) for each in document.entities]
                spans = [*document.label, *document.labels, *entities]
                yield self.spanned(f"{path}:{number}", document.text, spans)

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        beginning = samples[0].beginning
        if wanted.entities and beginning[:1] in ("{", "[") and '"text"' in beginning and _SPANS.search(beginning):
            return Recognition(Evidence.SIGNATURE, {}, "texts with spans, as doccano exports them")
        return None
