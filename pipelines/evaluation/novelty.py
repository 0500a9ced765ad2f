"""Scores of tags and entities for seen and unseen (out-of-vocabulary) words, in train and in the word vectors.

A word is seen where train holds it in this very form, and it has a vector where the vectors hold it or its lower
case. An entity is seen where train has an entity of the same words, of whatever type.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipelines.data.examples import Example
from pipelines.evaluation.counts import Counts, precision_recall_f1, resample
from pipelines.evaluation.significance import bootstrap, interval
from pipelines.evaluation.spans import spans

HEADER = ("group", "items", "metric", "value", "low", "high")

Item = tuple[Any, str]  # a decision, and the group it belongs to


@dataclass(frozen=True)
class Known:
    """The words and entities of train, and the words of the vectors."""

    words: Collection[str]
    entities: Collection[tuple[str, ...]] | None  # None: the tags are of no entities
    vectors: Collection[str] | None = None  # not known: nothing is told of them

    def has_vector(self, word: str) -> bool:
        """Whether a word has a vector, in its own form or in lower case."""
        return self.vectors is not None and (word in self.vectors or word.lower() in self.vectors)


def known_from(train: Iterable[Example], vectors: Iterable[str] | None, of_entities: bool) -> Known:
    """The words of train, its entities if its tags are of any, and the vectors' words."""
    words: set[str] = set()
    names: set[tuple[str, ...]] = set()
    for example in train:
        words.update(example.tokens)
        if of_entities:
            names.update(example.tokens[start:end] for _, start, end in spans(example.tags or (), "conlleval"))
    return Known(words, names if of_entities else None, None if vectors is None else frozenset(vectors))


def words_with_tags(example: Example, tags: Sequence[str], known: Known) -> Iterator[Item]:
    """Each token's tag, in the groups of its word."""
    for position, (word, tag) in enumerate(zip(example.tokens, tags, strict=True)):
        yield (position, tag), "word seen" if word in known.words else "word unseen"
        if known.vectors is not None:
            yield (position, tag), "word with a vector" if known.has_vector(word) else "word without a vector"


def entities_found(example: Example, tags: Sequence[str], known: Known) -> Iterator[Item]:
    """Each entity, in the groups of its words."""
    for entity in spans(tags, "conlleval"):
        words = example.tokens[entity[1] : entity[2]]
        yield entity, "entity seen" if words in (known.entities or ()) else "entity unseen"
        yield entity, "all words seen" if all(word in known.words for word in words) else "a word unseen"
        if known.vectors is not None:
            have = all(known.has_vector(word) for word in words)
            yield entity, "all words with a vector" if have else "a word without a vector"


def by_novelty(
    references: Sequence[Example], predictions: Sequence[Mapping[str, Any]], known: Known, seed: int
) -> list[list[str]]:
    """A table of the F1 of entities, or else the accuracy of tags, in each group, with 95 % intervals.

    Returns:
        Rows as `HEADER` has them. `items` counts those of the references.
    """
    of_entities = known.entities is not None
    items: Callable = entities_found if of_entities else words_with_tags
    pairs = [
        (set(items(reference, reference.tags or (), known)), set(items(reference, row["tags"], known)))
        for reference, row in zip(references, predictions, strict=True)
    ]
    groups = sorted({group for pair in pairs for each in pair for _, group in each})

    def count(sets: Sequence[set[Item]]) -> np.ndarray:
        of_sets = [Counter(group for _, group in each) for each in sets]
        return np.array([[counter[name] for name in groups] for counter in of_sets], dtype=float)

    counts = Counts(
        correct=count([actual & predicted for actual, predicted in pairs]),
        predicted=count([predicted for _, predicted in pairs]),
        actual=count([actual for actual, _ in pairs]),
    )

    def f1(weights: np.ndarray) -> dict[str, np.ndarray]:
        return dict(zip(groups, 100 * precision_recall_f1(resample(counts, weights), None, 0.0)[2].T, strict=True))

    values = f1(np.ones((1, len(references))))
    resampled = bootstrap(f1, len(references), seed=seed)
    metric = "span_f1" if of_entities else "accuracy"
    return [
        [group, f"{number:.0f}", metric, *(f"{each:.2f}" for each in (values[group][0], *interval(resampled[group])))]
        for group, number in zip(groups, counts.actual.sum(axis=0), strict=True)
    ]
