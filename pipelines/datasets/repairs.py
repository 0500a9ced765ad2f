"""Tags that a dataset declares to be of entities become valid IOB2; what is converted and repaired is counted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example
from pipelines.data.tag_notation import TagNotation
from pipelines.data.tag_schemes import TagError, from_iob2, repaired, to_iob2


def repair_iob2(
    examples: Iterable[Example],
    notation: TagNotation,
    split: str,
    repairs: Counter[str],
    conversions: Counter[str],
) -> Iterator[Example]:
    """Passes examples on, their entity tags as conlleval reads them, in IOB2.

    Args:
        examples: of a split.
        notation: of their tags; scheme `none`: they are no entities, such as parts of speech, and stay as they are.
        split: its name.
        repairs: of tags that the scheme would write otherwise, by split; added to.
        conversions: of tags that IOB2 writes otherwise, by split; added to.

    Raises:
        InputError: a tag that the notation does not have.
    """
    for example in examples:
        if example.tags is not None and notation.scheme != "none":
            try:
                read = notation.read(example.tags)
                tags, count = to_valid_iob2(read, notation.read_as)
            except TagError as error:
                raise InputError(
                    f"{example.id}: {error}; correct it, or choose another `scheme` or `tag_form`"
                ) from None
            in_iob2 = read if notation.scheme == "iob2" else tags
            converted = sum(before != after for before, after in zip(example.tags, in_iob2, strict=True))
            repairs.update({split: count} if count else {})
            conversions.update({split: converted} if converted else {})
            example = replace(example, tags=tuple(tags))
        yield example


def to_valid_iob2(tags: Sequence[str], scheme: str) -> tuple[list[str], int]:
    """One sentence's tags as valid IOB2, and how many of them the scheme would write otherwise.

    `iob1` can write every sequence. Of `iob2`, an `I-X` that follows neither `B-X` nor `I-X` becomes `B-X`.

    Raises:
        TagError: a tag that the scheme does not have.
    """
    if scheme == "iob1":
        return to_iob2(tags, scheme), 0
    valid = to_iob2(tags, scheme) if scheme == "iobes" else repaired(tags)
    written = from_iob2(valid, scheme) if scheme == "iobes" else valid
    return valid, sum(before != after for before, after in zip(tags, written, strict=True))
