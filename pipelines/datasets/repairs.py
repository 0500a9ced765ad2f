"""Entity tags of any scheme become valid IOB2, here alone, and what is repaired on the way is counted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipelines.data.examples import Example
from pipelines.data.tag_schemes import from_iob2, repaired, to_iob2


def repair_iob2(examples: Iterable[Example], scheme: str, split: str, counts: Counter[str]) -> Iterator[Example]:
    """Passes examples on, their entity tags as conlleval reads them, in IOB2; tags of another kind stay.

    Args:
        examples: of a split.
        scheme: of their tags.
        split: its name.
        counts: of repaired tags by split; added to.
    """
    for example in examples:
        if example.tags is not None:
            tags, count = to_valid_iob2(example.tags, scheme)
            counts.update({split: count} if count else {})
            example = replace(example, tags=tuple(tags))
        yield example


def to_valid_iob2(tags: Sequence[str], scheme: str) -> tuple[list[str], int]:
    """One sentence's tags as valid IOB2, and how many of them the scheme would write otherwise.

    `iob1` can write every sequence. Of `iob2`, and of tags of no scheme, an `I-X` that follows neither `B-X` nor `I-X`
    becomes `B-X`.
    """
    if scheme == "iob1":
        return to_iob2(tags, scheme), 0
    valid = to_iob2(tags, scheme) if scheme == "iobes" else repaired(tags)
    written = from_iob2(valid, scheme) if scheme == "iobes" else valid
    return valid, sum(before != after for before, after in zip(tags, written, strict=True))
