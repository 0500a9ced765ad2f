"""Column classification: many-to-one, the label of an image that is read column by column."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded
from pipelines.data.examples import Example
from pipelines.tasks.sentiment import Sentiment
from pipelines.tasks.task import Task


class ColumnClassification(Sentiment):
    """Labels an image from the states of a recurrent encoder of its columns, the leftmost first."""

    reads = ()
    reads_features = True
    explain = Task.explain  # which refuses: there are no words whose influence could be told

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.classifier import build_column_classifier

        return build_column_classifier(dimensions["features"], len(self.labels), self.config.model, self.cell, seed)

    def features(self, example: Example) -> Encoded:
        """An image's columns, float32 (width, height)."""
        image = np.asarray(example.features)
        if image.ndim != 2:
            raise InputError(f"{example.id}: expected an image, (height, width), got features of shape {image.shape}")
        return (image.T,)


TASK = ColumnClassification
