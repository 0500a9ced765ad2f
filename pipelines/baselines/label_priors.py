"""Label priors: every text gets the same labels, those with the best micro F1 on train."""

from collections import Counter
from collections.abc import Iterator, Sequence

from pipelines.baselines import Predict
from pipelines.data.examples import Example

LEARNS = "labels"


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Counts train's labels; the most frequent ones are predicted, of equals the alphabetically first.

    Their number is that of the best micro F1 when train's texts all get them, the smallest of equals. Probabilities
    are the labels' shares in train.
    """
    counts = Counter(label for example in train for label in example.labels or ())
    names = sorted(counts, key=lambda label: (-counts[label], label))
    probabilities = {label: counts[label] / len(train) for label in sorted(counts)}

    def micro_f1(number: int) -> float:
        right = sum(counts[label] for label in names[:number])
        return 2 * right / (number * len(train) + counts.total())

    best = max(range(1, len(names) + 1), key=micro_f1)

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        for example in examples:
            yield {"id": example.id, "labels": sorted(names[:best]), "probabilities": probabilities}

    return predict
