"""Where two systems differ: slices of the data, examples that one has right and the other wrong, and confusions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.data.counts import read_counts
from pipelines.data.examples import read_dataset, read_examples
from pipelines.evaluation.counts import Counts
from pipelines.evaluation.entity_errors import entity_errors
from pipelines.evaluation.families.translation import bleu_tokenizer
from pipelines.evaluation.family import Family, Predictions, References
from pipelines.evaluation.outcomes import rights
from pipelines.evaluation.slices import (
    SliceDifference,
    Train,
    confidence_of,
    differences,
    items,
    slices_of,
    tally,
)
from pipelines.evaluation.spans import spans

SHOWN_CONFUSIONS = 10


@dataclass(frozen=True)
class Side:
    """A system and its predictions, one sequence a seed."""

    name: str
    seeds: Sequence[Predictions]


@dataclass(frozen=True)
class Confusion:
    """How often an actual label was predicted as another one by each system, in the mean over its seeds."""

    actual: str
    predicted: str
    base: float
    other: float


@dataclass(frozen=True)
class Contrast:
    """Where a system differs from a base.

    An example is right of one alone where all its seeds have it right and all the other's have it wrong.
    `entity_errors` has by kind how many there are, of the base and of the other.
    """

    base: str
    system: str
    slices: tuple[SliceDifference, ...]
    base_alone: tuple[str, ...]  # ids of examples
    system_alone: tuple[str, ...]
    confusions: tuple[Confusion, ...]  # that differ most
    entity_errors: Mapping[str, tuple[float, float]]


def contrast(family: Family, references: References, base: Side, other: Side, train: Train, seed: int) -> Contrast:
    """Where a system differs from a base.

    Args:
        family: of their metrics.
        references: examples of one split.
        base: the one that it is compared with.
        other: the system.
        train: what was seen in train.
        seed: of the resamples.
    """
    sure = [confidence_of(row) for row in base.seeds[0]]
    gold = [frozenset(items(each, None, train, known)) for each, known in zip(references, sure, strict=True)]
    known = slices_of(gold)

    def tallied(rows: Predictions) -> Counts:
        answers = [items(each, row, train, how) for each, row, how in zip(references, rows, sure, strict=True)]
        return tally(answers, gold, known)

    slices = []
    if known:
        below, above = ([tallied(rows) for rows in side.seeds] for side in (base, other))
        slices = differences(below, above, known, seed)
    right, found = ([rights(references, rows) for rows in side.seeds] for side in (base, other))
    of_entities = train.entities is not None
    return Contrast(
        base=base.name,
        system=other.name,
        slices=tuple(slices),
        base_alone=_alone(references, right, found),
        system_alone=_alone(references, found, right),
        confusions=confusions(family, references, base.seeds, other.seeds),
        entity_errors=_entity_errors(references, base.seeds, other.seeds) if of_entities else {},
    )


def read_train(data: Path, *, of_entities: bool) -> Train:
    """What was seen in train of a prepared dataset; nothing of a dataset that is there to be tested on alone."""
    path = data / "train.jsonl"
    entities = frozenset(
        example.tokens[start:end]
        for example in (read_examples(path) if of_entities and path.exists() else ())
        for _, start, end in spans(example.tags or (), "strict")
    )
    counts = read_counts(data) if (data / "counts.json").exists() else None
    words, targets = (counts["tokens"], counts["target_tokens"]) if counts else ({}, {})
    language = read_dataset(data, "target_language")["target_language"] if targets else ""
    return Train(words, targets, entities if of_entities else None, bleu_tokenizer(language) or Train.tokenizer)


def confusions(
    family: Family, references: References, base: Sequence[Predictions], other: Sequence[Predictions]
) -> tuple[Confusion, ...]:
    """The wrong predictions whose numbers differ most between two systems, the largest difference first."""
    below, above = (_counted(family, references, side) for side in (base, other))
    pairs = [pair for pair in {*below, *above} if pair[0] != pair[1] and below[pair] != above[pair]]
    pairs.sort(key=lambda pair: (-abs(above[pair] - below[pair]), pair))
    return tuple(Confusion(pair[0], pair[1], below[pair], above[pair]) for pair in pairs[:SHOWN_CONFUSIONS])


def _counted(family: Family, references: References, seeds: Sequence[Predictions]) -> Mapping[tuple[str, str], float]:
    found: Counter[tuple[str, str]] = Counter()
    for rows in seeds:
        found.update(family.confusion(references, rows))
    return Counter({pair: count / len(seeds) for pair, count in found.items()})


def _alone(
    references: References, right: Sequence[np.ndarray | None], wrong: Sequence[np.ndarray | None]
) -> tuple[str, ...]:
    """Ids of the examples that all of the first have right, and all of the second wrong."""
    known = [each for each in (*right, *wrong) if each is not None]
    if len(known) < len(right) + len(wrong):
        return ()
    alone = np.all(known[: len(right)], axis=0) & ~np.any(known[len(right) :], axis=0)
    return tuple(references[number].id for number in np.flatnonzero(alone).tolist())


def _entity_errors(
    references: References, base: Sequence[Predictions], other: Sequence[Predictions]
) -> dict[str, tuple[float, float]]:
    below, above = ([entity_errors(references, rows) for rows in side] for side in (base, other))
    return {
        kind: (float(np.mean([each[kind] for each in below])), float(np.mean([each[kind] for each in above])))
        for kind in below[0]
    }
