"""A problem small enough to be worked out by hand."""

import keras
import pytest

from pipelines.batches.batching import Encoded, TrainingBatches, pad


@pytest.fixture
def problem(new_problem):
    """A model with one weight for each of four words, and batches of different lengths."""
    return new_problem()


@pytest.fixture
def new_problem():
    """Makes the problem, untrained, as often as it is called."""
    return _new_problem


def _new_problem():
    inputs = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(8, 1, embeddings_initializer="zeros", mask_zero=True, name="vectors")
    model = keras.Model(inputs, vectors(inputs))
    examples = [Encoded([4, 5], target=[1, 1]), Encoded([6], target=[1]), Encoded([4, 5, 6, 7], target=[1, 1, 1, 1])]

    def collate(batch):
        source = pad([example.source for example in batch])
        return source, (source > 0).astype("float32")[..., None], (source > 0).astype("float32")

    return model, TrainingBatches(examples, collate, 2, seed=1)
