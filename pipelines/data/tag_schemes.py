"""Tag schemes of entities, converted to IOB2 (`B-PER I-PER O`) and back."""

from collections.abc import Sequence

_PREFIXES = {"iob2": "BI", "iob1": "BI", "iobes": "BIES"}


class TagError(ValueError):
    """A tag that its scheme does not allow there; `position` is its number in the sentence, from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


def check_forms(tags: Sequence[str], scheme: str) -> None:
    """Refuses tags that a scheme does not have, at any position.

    Raises:
        TagError: there is one.
    """
    for position, tag in enumerate(tags):
        prefix, _, kind = tag.partition("-")
        if tag != "O" and (len(prefix) != 1 or prefix not in _PREFIXES[scheme] or not kind):
            known = ", ".join(f"{letter}-..." for letter in _PREFIXES[scheme])
            raise TagError(f"expected O, {known} ({scheme}), got {tag[:60]!r}", position)


def check_iob2(tags: Sequence[str]) -> None:
    """Refuses a sentence's tags that are not valid IOB2.

    Raises:
        TagError: there is one of another form, or an `I-X` that follows neither `B-X` nor `I-X`.
    """
    check_forms(tags, "iob2")
    for position, (tag, valid) in enumerate(zip(tags, repaired(tags), strict=True)):
        if tag != valid:
            raise TagError(f"expected {valid[:60]!r}, since it continues no entity, got {tag[:60]!r}", position)


def to_iob2(tags: Sequence[str], scheme: str) -> list[str]:
    """Turns one sentence's tags into IOB2.

    `iob1`: an entity begins with `I-`, or with `B-` right behind another of its type. `iobes`: an entity is
    `B- I- E-`, or `S-` where it is one token. Every sequence can be read, malformed ones as conlleval reads
    them: an entity begins at `B-` and `S-`, and at an `I-` or `E-` that continues none of its type; it ends
    after `E-` and `S-`, and before whatever does not continue it.

    Raises:
        TagError: a tag that the scheme does not have.

    Reference: conlleval.pl of the CoNLL-2000 shared task, startOfChunk and endOfChunk; seqeval's `get_entities` adds
    `S-` to them.
    """
    check_forms(tags, scheme)
    result: list[str] = []
    inside = ""  # the type of the entity that may continue
    for tag in tags:
        prefix, _, kind = tag.partition("-")
        goes_on = prefix in ("I", "E") and kind == inside
        result.append(tag if tag == "O" else f"{'I' if goes_on else 'B'}-{kind}")
        inside = "" if prefix in ("E", "S") else kind
    return result


def repaired(tags: Sequence[str]) -> list[str]:
    """Makes a sequence valid: an `I-X` that follows neither `B-X` nor `I-X` becomes `B-X`.

    This is how conlleval reads such tags. It is for tags of entities alone: a part of speech may begin with `I-`, too.
    """
    result: list[str] = []
    for tag in tags:
        inside = tag.startswith("I-")
        continues = inside and bool(result) and result[-1] in (tag, f"B-{tag[2:]}")
        result.append(f"B-{tag[2:]}" if inside and not continues else tag)
    return result


def from_iob2(tags: Sequence[str], scheme: str) -> list[str]:
    """Turns one sentence's valid IOB2 tags into `iobes`; `iob2` leaves them as they are."""
    if scheme == "iob2":
        return list(tags)
    result: list[str] = []
    for tag, after in zip(tags, [*tags[1:], "O"], strict=True):
        prefix, _, kind = tag.partition("-")
        if tag != "O" and after != f"I-{kind}":
            prefix = {"B": "S", "I": "E"}[prefix]
        result.append(f"{prefix}-{kind}" if kind else tag)
    return result


def broken(tags: Sequence[str], scheme: str) -> int:
    """How many tags of a sentence the scheme would write otherwise.

    Raises:
        TagError: a tag that the scheme does not have.
    """
    valid = to_iob2(tags, scheme)
    if scheme == "iob1":  # an entity begins with `B-` only right behind another of its type
        before = ("O", *valid)
        starts = [tag.startswith("B-") and last[2:] != tag[2:] for last, tag in zip(before, valid, strict=False)]
        written = [f"I-{tag[2:]}" if start else tag for start, tag in zip(starts, valid, strict=True)]
    else:
        written = from_iob2(valid, scheme)
    return sum(before != after for before, after in zip(tags, written, strict=True))


def entities(tags: Sequence[str]) -> list[tuple[str, int, int]]:
    """The entities of valid IOB2 tags: type, first token, and the token behind the last."""
    found: list[tuple[str, int, int]] = []
    for position, tag in enumerate(tags):
        if tag.startswith("B-"):
            found.append((tag[2:], position, position + 1))
        elif tag.startswith("I-"):
            found[-1] = (*found[-1][:2], position + 1)
    return found


def tags_of(iob2_tags: Sequence[str], scheme: str) -> list[str]:
    """The tags that a scheme needs for those of valid IOB2, sorted; `iob2` needs no others."""
    if scheme == "iob2":
        return sorted(set(iob2_tags))
    types = {tag.partition("-")[2] for tag in iob2_tags if tag != "O"}
    return sorted(["O", *(f"{prefix}-{kind}" for prefix in _PREFIXES[scheme] for kind in types)])


def transitions(tags: Sequence[str], scheme: str) -> list[list[bool]]:
    """What may follow what in a scheme, so that every sequence is one of whole entities.

    Args:
        tags: the scheme's tags; their order is that of rows and columns.
        scheme: `iob2` or `iobes`.

    Returns:
        (tags + 1, tags + 1) truth values: a row is the tag before, the last row a sentence's beginning; a column is
        the tag, the last column a sentence's end.
    """

    def follows(before: str, tag: str) -> bool:
        (prefix_before, _, kind_before), (prefix, _, kind) = before.partition("-"), tag.partition("-")
        is_open = prefix_before in ("B", "I")
        if prefix in ("I", "E"):
            return is_open and kind_before == kind
        return scheme == "iob2" or not is_open

    return [[follows(before, tag) for tag in (*tags, "O")] for before in (*tags, "O")]
