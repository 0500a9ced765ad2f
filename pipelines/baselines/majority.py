"""Majority: every text gets the most frequent label of train."""

from collections import Counter
from collections.abc import Iterator, Sequence

from pipelines.baselines import Predict
from pipelines.data.examples import Example

LEARNS = "label"


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Counts train's labels; of equally frequent ones, the alphabetically first is predicted.

    Probabilities are the labels' shares in train.
    """
    counts = Counter(str(example.label) for example in train)
    labels = sorted(counts)
    probabilities = {label: counts[label] / len(train) for label in labels}
    label = max(labels, key=counts.__getitem__)

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        for example in examples:
            yield {"id": example.id, "label": label, "probabilities": probabilities}

    return predict
