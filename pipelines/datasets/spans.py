"""Entities that a file marks by characters, and the tags of tokens that they become.

A token belongs to the entity that it has a character of: a span that ends within a token is widened to it. Of spans
that share a token the longest stays, of equally long ones the first; or they are refused.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.text.tokenization import offsets

Overlaps = Literal["longest", "refuse"]
OVERLAPPING = "entities left out, overlapping with a longer one"
EMPTY = "entities left out, without a token"
WIDENED = "entities widened to whole tokens"


class Span(NamedTuple):
    """An entity: its first character, the one behind its last, and its type."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class SpannedText(Example):
    """A text whose entities are spans of characters, until it has tokens."""

    spans: tuple[Span, ...] = ()
    overlaps: Overlaps = "longest"

    def plain(self) -> Example:
        """The text alone."""
        return Example(self.id, self.text, ())


@dataclass(frozen=True, kw_only=True)
class SpanOptions:
    """What becomes of entities that overlap."""

    overlaps: Overlaps = "longest"  # the longest stays, others are left out and counted; or all are refused

    def spanned(self, where: str, text: str, spans: Iterable[tuple[int, int, str]]) -> SpannedText:
        """A text with its entities.

        Raises:
            InputError: a span reaches out of the text, or has no type.
        """
        checked = tuple(sorted({Span(*span) for span in spans}))
        for span in checked:
            if not 0 <= span.start <= span.end <= len(text):
                told = f"expected a span within the {len(text)} characters of the text, got {span.start} to {span.end}"
                raise InputError(f"{where}: {told}")
            if not span.kind.strip():
                raise InputError(
                    f"{where}: expected a type of the entity {text[span.start : span.end][:60]!r}, got none"
                )
        return SpannedText(where, text, (), spans=checked, overlaps=self.overlaps)

    def divided(
        self, where: str, text: str, spans: Iterable[tuple[int, int, str]], pieces: Iterable[tuple[int, int]]
    ) -> Iterator[SpannedText]:
        """The pieces of a text, such as its lines, with their entities; what an entity goes over is one piece.

        Args:
            where: the text's place.
            text: the whole text.
            spans: entities, as places in the whole text.
            pieces: first character of each, and the one behind its last.

        Raises:
            InputError: a span or a piece reaches out of the text, a piece stands before the one before, or a span has
                no type.
        """
        checked = self.spanned(where, text, spans).spans
        starts = [span.start for span in checked]
        reached = list(accumulate((span.end for span in checked), max))  # by the spans up to each
        joined: list[tuple[int, int]] = []
        for start, end in pieces:
            if not (joined[-1][1] if joined else 0) <= start <= end <= len(text):
                told = f"expected pieces one after another within the {len(text)} characters of the text"
                raise InputError(f"{where}: {told}, got {start} to {end}")
            before = bisect_left(starts, start)
            if joined and before and start < reached[before - 1]:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        begins = [start for start, _ in joined]
        own: defaultdict[int, list[Span]] = defaultdict(list)
        for span in checked:
            own[max(0, bisect_right(begins, span.start) - 1)].append(span)
        for number, (start, end) in enumerate(joined):
            moved = [
                (min(max(span.start, start), end) - start, min(max(span.end, start), end) - start, span.kind)
                for span in own[number]
            ]
            yield self.spanned(where, text[start:end], moved)


def tags_of_spans(
    example: SpannedText, tokens: Sequence[str], split: str, counts: Mapping[str, Counter[str]]
) -> tuple[str, ...]:
    """The IOB2 tags of a text's tokens.

    Args:
        example: the text with its entities.
        tokens: of the text.
        split: its name.
        counts: of what is left out or widened, by split; added to.

    Raises:
        InputError: entities overlap and are to be refused.
    """
    places = offsets(example.text, tokens)
    tags = ["O"] * len(tokens)
    for span in sorted(example.spans, key=lambda span: (span.start - span.end, span.start)):
        inside = [at for at, (start, end) in enumerate(places) if max(start, span.start) < min(end, span.end)]
        if not inside:
            counts[EMPTY][split] += 1
            continue
        if any(tags[at] != "O" for at in inside):
            if example.overlaps == "refuse":
                shown = example.text[span.start : span.end][:60]
                advice = "`overlaps: longest` leaves out the shorter ones"
                raise InputError(f"{example.id}: expected entities that do not overlap, got {shown!r}; {advice}")
            counts[OVERLAPPING][split] += 1
            continue
        if places[inside[0]][0] < span.start or places[inside[-1]][1] > span.end:
            counts[WIDENED][split] += 1
        tags[inside[0] : inside[-1] + 1] = [f"B-{span.kind}", *[f"I-{span.kind}"] * (inside[-1] - inside[0])]
    return tuple(tags)
