"""What is wrong with predicted entities: their boundaries, their type, or that there is one or none."""

from collections import Counter
from collections.abc import Sequence

from pipelines.evaluation.family import Predictions, References
from pipelines.evaluation.spans import Span, spans

KINDS = ("correct", "wrong type", "wrong boundaries", "wrong type and boundaries", "missed", "spurious")


def entity_errors(references: References, predictions: Predictions) -> dict[str, int]:
    """How many entities of each kind there are in a split, in the order of `KINDS`."""
    found: Counter[str] = Counter()
    for reference, row in zip(references, predictions, strict=True):
        found.update(of_sentence(reference.tags or (), row["tags"]))
    return {kind: found[kind] for kind in KINDS}


def of_sentence(actual: Sequence[str], predicted: Sequence[str]) -> Counter[str]:
    """The kinds of the entities of a sentence: one for each entity of the reference, and the spurious ones.

    An entity that is not found exactly is paired with one that overlaps it and that no other is paired with: of the
    same boundaries first, then of the same type.
    """
    truth, guess = spans(actual, "strict"), spans(predicted, "strict")
    right = truth & guess
    missed, spurious = sorted(truth - right, key=_place), sorted(guess - right, key=_place)
    found = Counter({"correct": len(right)})
    for kind in KINDS[1:4]:
        for entity in list(missed):
            partner = next((other for other in spurious if _relation(entity, other) == kind), None)
            if partner:
                missed.remove(entity)
                spurious.remove(partner)
                found[kind] += 1
    return found + Counter({"missed": len(missed), "spurious": len(spurious)})


def _place(span: Span) -> tuple[int, int, str]:
    return span[1], span[2], span[0]


def _relation(one: Span, other: Span) -> str:
    """What is wrong with another entity in the place of one; nothing where they do not overlap."""
    if one[1:] == other[1:]:
        return "wrong type"
    if one[1] >= other[2] or other[1] >= one[2]:
        return ""
    return "wrong boundaries" if one[0] == other[0] else "wrong type and boundaries"
