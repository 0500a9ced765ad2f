"""The entities that a sentence's IOB2 tags mark, read strictly or as conlleval does.

The readings differ where tags break the scheme: strict sees no entity in an I- that continues none of its type;
conlleval starts one there.
"""

from collections.abc import Sequence
from typing import Literal

Mode = Literal["strict", "conlleval"]
Span = tuple[str, int, int]  # type, first token, the token behind the last


def spans(tags: Sequence[str], mode: Mode) -> set[Span]:
    """The entities of one sentence.

    A type is all that stands behind `B-` or `I-`: `B-X-` and `B-X` are of two types, which seqeval's strict mode takes
    for one, for it strips hyphens; conlleval.pl takes them for two.

    Args:
        tags: O, B-<type> and I-<type>.
        mode: the reading.

    Reference: Tjong Kim Sang and Buchholz, "Introduction to the CoNLL-2000 Shared Task: Chunking", 2000 (conlleval.pl,
    startOfChunk and endOfChunk); Nakayama, seqeval, 2018 (strict mode), to which the tests hold this.
    """
    found: set[Span] = set()
    start, inside = 0, ""  # where an entity begins that may continue, and its type
    for position, tag in enumerate((*tags, "O")):
        prefix, kind = tag[:1], tag[2:]
        if prefix == "I" and inside and kind == inside:
            continue
        if inside:
            found.add((inside, start, position))
        begins = prefix == "B" or (prefix == "I" and mode == "conlleval")
        start, inside = position, kind if begins else ""
    return found
