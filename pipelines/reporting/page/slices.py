"""The report's table of scores by slices of the data, a column for each system."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.data.examples import Example
from pipelines.evaluation.family import Predictions, References
from pipelines.evaluation.slices import Item, Slice, SliceScore, Train, items, scores, slices_of, tally

MOST_TOKENS = 2_000_000  # that all systems predict of the examples that are sliced
SHOWN = 20  # slices of a kind, those with the most items
RESAMPLES = 200  # of the intervals


@dataclass(frozen=True)
class SliceTable:
    """Scores by slice and system, of some of the examples."""

    examples: int
    systems: Sequence[str]
    rows: Sequence[tuple[Slice, Sequence[SliceScore]]]
    errors: Mapping[str, Mapping[str, int]]  # of entities, by system and kind


class Slicer:
    """Scores systems by slice, one after another.

    Args:
        references: examples of a split; where they and the systems are many, every second, third ... one is taken.
        systems: how many there are.
        train: what was seen in train.
        seed: of the resamples.
    """

    def __init__(self, references: References, systems: int, train: Train, seed: int) -> None:
        tokens = sum(map(_cost, references)) * max(1, systems)
        self.every = -(-tokens // MOST_TOKENS) or 1
        self.references = references[:: self.every]
        self.train, self.seed = train, seed
        self.gold: list[frozenset[Item]] = [frozenset(items(each, None, train)) for each in self.references]
        frequency = Counter(part for found in self.gold for part, _ in found)
        shown = {
            part
            for kind in {part.kind for part in frequency}
            for part, _ in Counter({part: n for part, n in frequency.items() if part.kind == kind}).most_common(SHOWN)
        }
        self.known = {
            part: number for number, part in enumerate(each for each in slices_of(self.gold) if each in shown)
        }

    def scores(self, predictions: Predictions) -> list[SliceScore]:
        """The score of each slice."""
        pairs = zip(self.references, predictions[:: self.every], strict=True)
        counts = tally([items(example, row, self.train) for example, row in pairs], self.gold, self.known)
        return scores(counts, self.known, self.seed, RESAMPLES) if self.known else []


def _cost(example: Example) -> int:
    """How many items an example has, about."""
    return len(example.tokens if example.tags is not None else example.target_tokens or ()) + 1
