"""Texts with entities as Label Studio exports them: JSON, or JSON-MIN."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from embeddings.foundation.reading import decode, shaped
from pipelines.data.examples import Example
from pipelines.data.json_items import json_items
from pipelines.datasets.options import UnlabelledOption
from pipelines.datasets.readers import TextReader
from pipelines.datasets.recognition import Evidence, Recognition, Sample, Wanted
from pipelines.datasets.spans import SpanOptions

_ADVICE = "export it from Label Studio as JSON or JSON-MIN; choices for whole texts as CSV, which `csv_table` reads"


_TASK = (re.compile(r'"data"\s*:\s*\{'), re.compile(r'"(annotations|completions)"\s*:'))  # what a task has
_LEAST = re.compile(r'"(\w+)"\s*:\s*\[\s*\{[^{}]*"labels"\s*:')
_CONTROL = re.compile(r'"from_name"\s*:\s*"(\w+)"')


class Region(msgspec.Struct):
    """An entity. Its text, where there is one, tells which characters are meant."""

    start: int
    end: int
    labels: list[str]
    text: str | None = None


class Result(msgspec.Struct):
    """A mark of an annotator: an entity, or of another kind."""

    type: str
    value: Any = None


class Annotation(msgspec.Struct):
    """What an annotator did with a text."""

    result: list[Result]
    was_cancelled: bool = False


class Task(msgspec.Struct):
    """A text of an export in JSON; `completions` is the former name of `annotations`."""

    data: dict[str, Any]
    annotations: list[Annotation] = []
    completions: list[Annotation] = []


@dataclass(frozen=True)
class Reader(SpanOptions, UnlabelledOption, TextReader):
    """Texts with entities: of several annotations of a text the first one that was not cancelled."""

    text: str = "text"  # key of the text among the data of a task
    label: str = "label"  # name of the control that marks entities, a key in JSON-MIN

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Reads texts, streaming.

        Raises:
            InputError: a task without a text, without an annotation, or with something else than entities.
        """
        for path in paths:
            for number, item in json_items(self.read_lines(path), path):
                where = f"{path}:{number}"
                row = decode(item, msgspec.json.Decoder(dict[str, Any]), path, number, _ADVICE)
                if isinstance(row.get("data"), dict):
                    text = self._text(row["data"], where)
                    regions = self._regions(shaped(row, Task, where, _ADVICE), where)
                else:
                    text = self._text(row, where)
                    regions = shaped(row.get(self.label), list[Region] | None, where, _ADVICE)
                if regions is not None:
                    yield self.spanned(where, text, _spans(regions, text, where))
                elif self.unlabelled:
                    yield Example(where, text, ())
                else:
                    advice = "`unlabelled: true` sets such texts apart"
                    raise InputError(f"{where}: expected an annotation, got none; {advice}")

    def _text(self, data: dict[str, Any], where: str) -> str:
        if not isinstance(text := data.get(self.text), str):
            told = f"expected a text under {self.text!r}, got none{nearest(self.text, list(data))}"
            raise InputError(f"{where}: {told}; name its key by `text`")
        return text

    def _regions(self, task: Task, where: str) -> list[Region] | None:
        """The entities of the first annotation that counts, or None where there is none."""
        counting = (each for each in [*task.annotations, *task.completions] if not each.was_cancelled)
        if (annotation := next(counting, None)) is None:
            return None
        if any(result.type == "choices" for result in annotation.result):
            raise InputError(f"{where}: expected entities, got choices for the whole text; {_ADVICE}")
        found = (result for result in annotation.result if result.type in ("labels", "hypertextlabels"))
        return [shaped(result.value, Region, where, _ADVICE) for result in found]

    @classmethod
    def recognise(cls, samples: Sequence[Sample], wanted: Wanted) -> Recognition | None:
        beginning = samples[0].beginning
        if not wanted.entities or beginning[:1] not in ("{", "["):
            return None
        is_task, least = all(part.search(beginning) for part in _TASK), _LEAST.search(beginning)
        if not (is_task or least):
            return None
        name = _CONTROL.search(beginning) if is_task else least
        options = {"label": name[1]} if name and name[1] != "label" else {}
        return Recognition(Evidence.SIGNATURE, options, "texts with spans, as Label Studio exports them")


def _spans(regions: Sequence[Region], text: str, where: str) -> Iterator[tuple[int, int, str]]:
    """The spans of entities; of one with several labels there is a span for each, which overlap."""
    for region in regions:
        start, end = _characters(region, text, where)
        for label in region.labels:
            yield start, end, label


def _characters(region: Region, text: str, where: str) -> tuple[int, int]:
    """The characters of an entity: where its own text stands, counted in characters or, as browsers do, in UTF-16."""
    start, end = region.start, region.end
    if region.text is None or _same(text[max(0, start) : end], region.text):
        return start, end
    units = text.encode("utf-16-le")
    before, inside = units[: 2 * max(0, start)], units[2 * max(0, start) : 2 * max(0, end)]
    if _same(inside.decode("utf-16-le", "ignore"), region.text):
        first = len(before.decode("utf-16-le", "ignore"))
        return first, first + len(inside.decode("utf-16-le", "ignore"))
    got = text[max(0, start) : end][:60]
    raise InputError(f"{where}: expected {region.text[:60]!r} at {start} to {end} of the text, got {got!r}")


def _same(first: str, second: str) -> bool:
    """Whether two texts are equal but for white space, which exports write in different ways."""
    return "".join(first.split()) == "".join(second.replace("\\n", "\n").split())
