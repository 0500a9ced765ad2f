"""Where systems are right: scores by length, label, frequency in train, seen and unseen words, entities, confidence.

Every answer is a set of items, such as the tag of a token or an entity, each in some slices. The score of a slice is
the F1 of its items; where each of them has one answer, as tags have, that is the accuracy.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from pipelines.data.examples import Example, names_of
from pipelines.evaluation.all_pairs import step_down
from pipelines.evaluation.counts import Counts, precision_recall_f1, resample
from pipelines.evaluation.significance import RESAMPLES, bootstrap, interval
from pipelines.evaluation.spans import spans

LENGTHS = (10, 20, 40, 80)
FREQUENCIES = (0, 1, 5, 25)
CONFIDENCES = (0.5, 0.7, 0.9, 0.99)
SIZES = (1, 2)
NGRAMS = 4
LENGTH, LABEL, TAG, TYPE = "length in tokens", "label", "tag", "entity type"
SEEN, FREQUENCY, RAREST = "entity in train", "frequency of the word in train", "frequency of its rarest word in train"
SIZE, COMMON, CONFIDENCE = "tokens of the entity", "n-grams in common", "confidence of the base"
KINDS = (LENGTH, LABEL, TAG, TYPE, SEEN, FREQUENCY, RAREST, SIZE, COMMON, CONFIDENCE)


class Slice(NamedTuple):
    """A part of all items: what it is told by, its place among others of the kind, and its name."""

    kind: str
    place: int
    name: str


Item = tuple[Slice, Hashable]


@dataclass(frozen=True)
class Train:
    """What was seen in train: how often each word, of texts and of targets; and the words of its entities, if any.

    `tokenizer` is sacreBLEU's, of the targets' language.
    """

    words: Mapping[str, int] = field(default_factory=dict)
    target_words: Mapping[str, int] = field(default_factory=dict)
    entities: frozenset[tuple[str, ...]] | None = None  # None: the tags are of no entities
    tokenizer: str = "13a"


@dataclass(frozen=True)
class SliceScore:
    """The F1 of a slice in percent, with its interval, and how many items of the references it has."""

    slice: Slice
    items: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class SliceDifference:
    """The scores of two systems in a slice; `p` is adjusted for all slices of the table."""

    slice: Slice
    items: int
    base: float
    other: float
    low: float  # of the difference
    high: float
    p: float


def items(example: Example, row: Mapping[str, Any] | None, train: Train, confidence: Any = None) -> Iterator[Item]:
    """The items of a prediction, or of the reference where there is none, once in each of their slices.

    Args:
        example: the reference.
        row: the prediction; None for the reference itself.
        train: what was seen in train.
        confidence: the probability of the base's answer, or of each of its tags, if it has any.
    """
    length = ranged(LENGTH, len(example.tokens), LENGTHS)
    if example.tags is not None:
        tags = example.tags if row is None else row["tags"]
        tagged = _tags if train.entities is None else _entities
        yield from tagged(example, tags, length, train, confidence)
    elif example.target_text is not None:
        yield from _words(example, str(example.target_text if row is None else row["text"]), length, train)
    else:
        answers = names_of(example) if row is None else _labels(row)
        for label in answers:
            yield length, label
            yield Slice(LABEL, 0, label), label
            if isinstance(confidence, float):
                yield ranged(CONFIDENCE, confidence, CONFIDENCES), label


def ranged(kind: str, value: float, bounds: tuple[float, ...]) -> Slice:
    """The slice of a kind that a value falls into, one of the ranges that end with the bounds."""
    return _ranges(kind, bounds)[bisect_left(bounds, value)]


@cache
def _ranges(kind: str, bounds: tuple[float, ...]) -> list[Slice]:
    """The slices of a kind by range; whole numbers are named by the first and the last one of the range."""
    names = [f"up to {bound}" for bound in bounds]
    if all(isinstance(bound, int) for bound in bounds):
        firsts = [min(bounds[0], 1), *(bound + 1 for bound in bounds[:-1])]
        names = [
            str(last) if first == last else f"{first} to {last}" for first, last in zip(firsts, bounds, strict=True)
        ]
    return [Slice(kind, place, name) for place, name in enumerate([*names, f"more than {bounds[-1]}"])]


def tally(answers: Sequence[Iterable[Item]], gold: Sequence[frozenset[Item]], known: Mapping[Slice, int]) -> Counts:
    """Counts the items of each example by slice: right ones, predicted ones, and those of the references.

    Args:
        answers: items of the predictions.
        gold: those of the references.
        known: the number of each slice; items of others are left out.
    """
    shape = len(gold), len(known)
    tables = Counts(*(np.zeros(shape, dtype=np.float32) for _ in range(3)))
    places = [array("q") for _ in tables]  # in a flattened table, one for each item
    for number, (found, truth) in enumerate(zip(map(frozenset, answers), gold, strict=True)):
        start = number * len(known)
        for of_table, of_kind in zip(places, (found & truth, found, truth), strict=True):
            of_table.extend([start + known[part] for part, _ in of_kind if part in known])
    for table, of_table in zip(tables, places, strict=True):
        np.add.at(table.reshape(-1), np.asarray(of_table), np.float32(1))
    return tables


def slices_of(gold: Iterable[frozenset[Item]]) -> dict[Slice, int]:
    """The slices of references, numbered in the order of `KINDS`."""
    seen = {part for found in gold for part, _ in found}
    ordered = sorted(seen, key=lambda part: (KINDS.index(part.kind), part.place, part.name))
    return {part: number for number, part in enumerate(ordered)}


def f1(seeds: Sequence[Counts], weights: np.ndarray) -> np.ndarray:
    """The F1 of each slice in percent, float64 (resamples, slices), the mean over seeds."""
    each = [precision_recall_f1(resample(counts, weights), None, 0.0)[2] for counts in seeds]
    return 100 * np.mean(each, axis=0)


def scores(counts: Counts, known: Mapping[Slice, int], seed: int, resamples: int = RESAMPLES) -> list[SliceScore]:
    """The score of each slice with its interval."""
    examples = len(counts.actual)
    values = f1([counts], np.ones((1, examples)))[0]
    drawn = bootstrap(lambda weights: {"": f1([counts], weights)}, examples, seed=seed, resamples=resamples)[""]
    return [
        SliceScore(part, int(counts.actual[:, number].sum()), float(values[number]), *interval(drawn[:, number]))
        for part, number in known.items()
    ]


def differences(
    base: Sequence[Counts], other: Sequence[Counts], known: Mapping[Slice, int], seed: int, resamples: int = RESAMPLES
) -> list[SliceDifference]:
    """The difference of two systems in each slice, on the same resamples of examples.

    P-values are those of a paired bootstrap, adjusted for all slices; see `step_down`.

    Args:
        base: counts of the first system, one a seed.
        other: those of the second.
        known: the slices.
        seed: of the resamples.
        resamples: how many.
    """
    examples = len(base[0].actual)
    everything = np.ones((1, examples))
    below, above = (f1(side, everything)[0] for side in (base, other))

    def gaps(weights: np.ndarray) -> dict[str, np.ndarray]:
        return {"": f1(other, weights) - f1(base, weights)}

    drawn = bootstrap(gaps, examples, seed=seed, resamples=resamples)[""].T
    deviation = np.maximum(drawn.std(axis=1, keepdims=True), 1e-12)
    sizes = np.where(drawn.std(axis=1) > 1e-9, np.abs(above - below) / deviation[:, 0], 0.0)
    p_values = step_down(sizes, np.abs(drawn - drawn.mean(axis=1, keepdims=True)) / deviation)
    return [
        SliceDifference(
            part,
            int(base[0].actual[:, number].sum()),
            float(below[number]),
            float(above[number]),
            *interval(drawn[number]),
            p_values[number],
        )
        for part, number in known.items()
    ]


def confidence_of(row: Mapping[str, Any]) -> Any:
    """The probability of a predicted label, or those of predicted tags; None where a prediction has none."""
    found = row.get("probabilities")
    if isinstance(found, Mapping) and "label" in row:
        found = found.get(row["label"])
        return None if found is None else float(found)
    tags = row.get("tags", ())
    fits = isinstance(found, list) and len(found) == len(tags) and all(isinstance(each, float) for each in found)
    return found if fits else None


def _labels(row: Mapping[str, Any]) -> Sequence[str]:
    return row["labels"] if "labels" in row else [row["label"]]


def _tags(example: Example, tags: Sequence[str], length: Slice, train: Train, confidence: Any) -> Iterator[Item]:
    for place, (word, tag) in enumerate(zip(example.tokens, tags, strict=True)):
        item, times = (place, tag), train.words.get(word, 0)
        yield length, item
        yield Slice(TAG, 0, tag), item
        yield ranged(FREQUENCY, times, FREQUENCIES), item
        if isinstance(confidence, list):
            yield ranged(CONFIDENCE, confidence[place], CONFIDENCES), item


def _entities(example: Example, tags: Sequence[str], length: Slice, train: Train, confidence: Any) -> Iterator[Item]:
    for entity in spans(tags, "strict"):
        kind, start, end = entity
        words = example.tokens[start:end]
        yield length, entity
        yield Slice(TYPE, 0, kind), entity
        seen = words in (train.entities or ())
        yield Slice(SEEN, int(not seen), "seen" if seen else "unseen"), entity
        rarest = min(train.words.get(word, 0) for word in words)
        yield ranged(RAREST, rarest, FREQUENCIES), entity
        yield ranged(SIZE, len(words), SIZES), entity
        if isinstance(confidence, list):
            yield ranged(CONFIDENCE, min(confidence[start:end]), CONFIDENCES), entity


def _words(example: Example, text: str, length: Slice, train: Train) -> Iterator[Item]:
    """N-grams of a translation, as BLEU counts them: one that occurs twice is two items."""
    words = _tokenizer(train.tokenizer)(text).split()
    for size in range(1, NGRAMS + 1):
        part = Slice(COMMON, size, f"of {size} words" if size > 1 else "words")
        times: Counter[tuple[str, ...]] = Counter()
        for ngram in zip(*(words[start:] for start in range(size)), strict=False):
            times[ngram] += 1
            item = ngram, times[ngram]
            yield part, item
            if size == 1:
                yield length, item
                frequency = train.target_words.get(ngram[0], 0)
                yield ranged(FREQUENCY, frequency, FREQUENCIES), item


@cache
def _tokenizer(name: str) -> Callable[[str], str]:
    """One for all texts: it remembers those that several systems write."""
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(tokenize=name).tokenizer
