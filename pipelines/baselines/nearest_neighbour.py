"""Nearest neighbour: the caption of the example of train whose features are the nearest."""

from collections.abc import Iterator, Sequence

from pipelines.baselines import Predict
from pipelines.baselines.feature_logistic_regression import numbers
from pipelines.data.examples import Example

LEARNS = "target_text"
READS = "features"


def fit(train: Sequence[Example], seed: int) -> Predict:
    """Keeps train's features; distances are Euclidean, of equal ones the first example of train is taken.

    Reference: Devlin et al., "Exploring Nearest Neighbor Approaches for Image Captioning", 2015.
    """
    from sklearn.neighbors import NearestNeighbors

    model = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(numbers(train))

    def predict(examples: Sequence[Example]) -> Iterator[dict]:
        if not examples:
            return
        places = model.kneighbors(numbers(examples), return_distance=False)[:, 0]
        for example, place in zip(examples, places.tolist(), strict=True):
            yield {"id": example.id, "text": train[place].target_text}

    return predict
