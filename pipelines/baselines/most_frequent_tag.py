"""Most frequent tag: every word gets the tag that it has most often in train."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from pipelines.baselines import Predict
from pipelines.data.examples import Example

LEARNS = "tags"


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Learns each word's most frequent tag; of equally frequent ones, the alphabetically first.

    An unknown word takes the tag of its lower case, and failing that, the most frequent tag of train's
    rarest words, which are most like the unknown.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for example in train:
        for token, tag in zip(example.tokens, example.tags or (), strict=True):
            counts[token][tag] += 1
    tags = {word: most_frequent(count) for word, count in counts.items()}
    fewest = min(count.total() for count in counts.values())
    rare = sum((count for count in counts.values() if count.total() == fewest), Counter())
    unknown = most_frequent(rare)

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        for example in examples:
            found = (tags.get(token) or tags.get(token.lower(), unknown) for token in example.tokens)
            yield {"id": example.id, "tags": list(found)}

    return predict


def most_frequent(counts: Counter[str]) -> str:
    """The most frequent key; of equals, the alphabetically first."""
    return max(sorted(counts), key=counts.__getitem__)
