"""Tags that a dataset declares to be of entities become valid IOB2, and what is repaired on the way is counted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.tag_schemes import TagError, check_forms, from_iob2, repaired, to_iob2


def repair_iob2(examples: Iterable[Example], scheme: str, split: str, counts: Counter[str]) -> Iterator[Example]:
    """Passes examples on, their entity tags as conlleval reads them, in IOB2.

    Args:
        examples: of a split.
        scheme: of their tags; `none`: they are no entities, such as parts of speech, and stay as they are.
        split: its name.
        counts: of repaired tags by split; added to.

    Raises:
        InputError: a tag that the scheme does not have.
    """
    for example in examples:
        if example.tags is not None and scheme != "none":
            try:
                tags, count = to_valid_iob2(example.tags, scheme)
            except TagError as error:
                raise InputError(f"{example.id}: {error}; correct it, or choose another `scheme`") from None
            counts.update({split: count} if count else {})
            example = replace(example, tags=tuple(tags))
        yield example


def to_valid_iob2(tags: Sequence[str], scheme: str) -> tuple[list[str], int]:
    """One sentence's tags as valid IOB2, and how many of them the scheme would write otherwise.

    `iob1` can write every sequence. Of `iob2`, an `I-X` that follows neither `B-X` nor `I-X` becomes `B-X`.

    Raises:
        TagError: a tag that the scheme does not have.
    """
    check_forms(tags, scheme)
    if scheme == "iob1":
        return to_iob2(tags, scheme), 0
    valid = to_iob2(tags, scheme) if scheme == "iobes" else repaired(tags)
    written = from_iob2(valid, scheme) if scheme == "iobes" else valid
    return valid, sum(before != after for before, after in zip(tags, written, strict=True))
