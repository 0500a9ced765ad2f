"""Which predictions join train: how sure each is, and a seeded draw that keeps the shares of train's groups."""

import heapq
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError
from pipelines.data.examples import Example, read_examples
from pipelines.data.tag_schemes import entities
from pipelines.datasets.report import HELD_OUT
from pipelines.datasets.splits import largest_remainders, split_paths
from pipelines.runs.trained_run import TrainedRun
from pipelines.self_training.texts import key
from pipelines.tasks.capabilities import FindsEntities

READ, KNOWN, LONG = "texts read", "in train, dev or test", "longer than any of train"
UNSURE, LEFT, ADDED = "below the confidence", "confident, repeated or not drawn", "confident, added to train"


@dataclass(frozen=True)
class Settings:
    """Which predictions join train."""

    minimum_confidence: float  # 0 to 1
    maximum_examples: int  # that are added
    seed: int = 1  # of the draw
    sentences: bool = False  # whether unlabelled texts are split into sentences first


def confidence(row: Mapping[str, Any]) -> float:
    """The probability of the least sure decision of a prediction.

    Of a classifier it is that of the label, of several labels that of the least sure yes or no, and of a tagger that
    of the least sure tag: with a CRF its marginal probability.
    """
    probabilities = row["probabilities"]
    if "tags" in row:
        return min(probabilities)
    if "labels" in row:
        return min(share if label in row["labels"] else 1 - share for label, share in probabilities.items())
    return probabilities[row["label"]]


def kinds(example: Example, field: str, of_entities: bool) -> set[str]:
    """The kinds of an example: its label or labels, or the types of its entities; other tags make none.

    Args:
        example: labelled, or predicted.
        field: what is predicted: `label`, `labels` or `tags`.
        of_entities: whether tags are of entities, as IOB2.
    """
    if field == "tags":
        return {kind for kind, _, _ in entities(example.tags or ())} if of_entities else set()
    found = getattr(example, field)
    return {found} if isinstance(found, str) else {*(found or ())}


class Groups:
    """The groups of train: an example belongs to the rarest of its kinds, or to a group without a name.

    Args:
        kinds_of: of each example of train.
    """

    def __init__(self, kinds_of: Iterable[set[str]]) -> None:
        sets = Counter(map(frozenset, kinds_of))
        self._counts: Counter[str] = Counter()
        for names, count in sets.items():
            self._counts.update(dict.fromkeys(names, count))
        self.sizes: Counter[str] = Counter()
        for names, count in sets.items():
            self.sizes[self.of(names)] += count

    def of(self, names: Iterable[str]) -> str:
        """The group of an example with these kinds."""
        return min(names, key=lambda name: (self._counts[name], name), default="")

    def quotas(self, examples: int) -> dict[str, int]:
        """How many examples of each group make this number, in the shares of train."""
        names = sorted(self.sizes)
        share = Fraction(examples, self.sizes.total())
        return dict(zip(names, largest_remainders([self.sizes[name] for name in names], share), strict=True))


class Draw:
    """Draws of each group a number of texts from a stream, each text with the same probability, equal ones once.

    A hash of the seed and the text gives each its place, and the first places of a group are drawn. So memory is
    bounded by what is drawn, and neither the order of the stream nor a text's copies matter.

    Reference: Cohen & Kaplan, "Summarizing Data using Bottom-k Sketches", PODC 2007, section 1.

    Args:
        quotas: how many are drawn of each group at most.
        seed: of the hash.
    """

    def __init__(self, quotas: Mapping[str, int], seed: int) -> None:
        self._quotas, self._seed = quotas, str(seed).encode()
        self._drawn: dict[str, list[tuple[int, Example]]] = {name: [] for name in quotas}
        self._places: set[int] = set()

    def add(self, group: str, key: bytes, example: Example) -> None:
        """Takes note of a text; `key` is that of its characters."""
        place = -int.from_bytes(blake2b(key, digest_size=16, key=self._seed).digest(), "big")  # the last one goes first
        drawn, quota = self._drawn.get(group, []), self._quotas.get(group, 0)
        if place in self._places or not quota or (len(drawn) == quota and place < drawn[0][0]):
            return
        self._places.add(place)
        if len(drawn) < quota:
            heapq.heappush(drawn, (place, example))
        else:
            self._places.remove(heapq.heapreplace(drawn, (place, example))[0])

    def drawn(self) -> Sequence[Example]:
        """What is drawn, by its place."""
        found = [each for of_group in self._drawn.values() for each in of_group]
        return [example for _, example in sorted(found, key=lambda each: -each[0])]


def select(
    run: TrainedRun, data: Path, texts: Iterable[Example], settings: Settings
) -> tuple[dict[str, Any], Sequence[Example]]:
    """Predicts texts, streaming, and draws those that join train.

    Texts that train, dev or test has as well are not read, nor are those longer than the longest of train.

    Args:
        run: the teacher.
        data: its dataset.
        texts: unlabelled.
        settings: which predictions join train.

    Returns:
        How many texts were read, left out and drawn, those that were predicted by their group; and the drawn examples,
        with what was predicted and its confidence.

    Raises:
        InputError: none is drawn.
    """
    field, of_entities = run.task.predicts, isinstance(run.task, FindsEntities)
    known = {key(each.tokens) for each in of_splits(data, HELD_OUT)}
    longest, kinds_of = 0, []
    for example in of_splits(data, ("train",)):
        known.add(key(example.tokens))
        longest = max(longest, len(example.tokens))
        kinds_of.append(kinds(example, field, of_entities))
    groups = Groups(kinds_of)
    draw = Draw(groups.quotas(settings.maximum_examples), settings.seed)
    counts, unsure, sure = Counter[str](), Counter[str](), Counter[str]()
    waiting: deque[tuple[Example, bytes]] = deque()

    def candidates() -> Iterator[Example]:
        for text in texts:
            counts[READ] += 1
            characters = key(text.tokens)
            if characters in known or len(text.tokens) > longest:
                counts[KNOWN if characters in known else LONG] += 1
                continue
            waiting.append((text, characters))
            yield text

    for row in run.task.predict(run.engine, candidates()):
        text, characters = waiting.popleft()
        found, confident = row[field], round(confidence(row), 6)
        value = {field: found if isinstance(found, str) else tuple(found)}
        example = replace(text, confidence=confident, **value)
        group = groups.of(kinds(example, field, of_entities))
        if confident < settings.minimum_confidence:
            unsure[group] += 1
        else:
            sure[group] += 1
            draw.add(group, characters, example)
    drawn = draw.drawn()
    if not drawn:
        told = f"expected predictions of a confidence of {settings.minimum_confidence} or more, in the shares of train"
        got = ", ".join(f"{count} {group}" for group, count in sorted(sure.items())) or "none"
        raise InputError(f"run {run.name!r}: {told}, to draw from, got {got} of {counts[READ]:,} texts")
    added = Counter(groups.of(kinds(example, field, of_entities)) for example in drawn)
    of_groups = {UNSURE: unsure, LEFT: sure - added, ADDED: added}
    told = {what: dict(sorted(of_group.items())) for what, of_group in of_groups.items()}
    return {**{what: counts[what] for what in (READ, KNOWN, LONG)}, **told}, drawn


def of_splits(data: Path, splits: Iterable[str]) -> Iterator[Example]:
    """The examples of those splits that a dataset has."""
    paths = split_paths(data)
    for split in splits:
        yield from read_examples(paths[split]) if split in paths else ()
