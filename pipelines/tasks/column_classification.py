"""Column classification: many-to-one, the label of an image that is read as a sequence of columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded
from pipelines.data.examples import Example
from pipelines.tasks.classification import Classification
from pipelines.tasks.config import SMALL_TRAINING, ImageLabelTraining, TaskConfig


@dataclass(frozen=True)
class ColumnClassifierKeys:
    """The keys of a classifier of images."""

    pooling: Literal["last", "max", "mean", "attention"]  # what of the states is classified


class ColumnClassification(Classification):
    """Labels an image from the states of a recurrent encoder of its columns, the leftmost first."""

    Model = ColumnClassifierKeys
    Training = ImageLabelTraining
    SMALL = tuple(
        {
            "metrics": "classification",
            "monitor": "accuracy",
            "model": {"pooling": pooling},
            "training": SMALL_TRAINING,
        }
        for pooling in ("last", "attention")
    )
    reads = "features"
    config: TaskConfig[ColumnClassifierKeys, ImageLabelTraining, None]

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.classifier import build_column_classifier

        pooling = self.config.model.pooling
        return build_column_classifier(dimensions["features"], len(self.labels), self.cell, seed, pooling=pooling)

    def graphs(self, model: Any) -> dict[str, Any]:
        from pipelines.graphs.classifier import classifier_graph

        return {"model": classifier_graph(model, self.cell, self.config.model.pooling)}

    def source(self, example: Example) -> Encoded:
        """An image's columns, float32 (width, height)."""
        image = np.asarray(example.features)
        if image.ndim != 2:
            raise InputError(f"{example.id}: expected an image, (height, width), got features of shape {image.shape}")
        return Encoded(image.T)


TASK = ColumnClassification
