"""Sentiment, and any other label of a text: many-to-one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import softmax

from pipelines.config import DecodingConfig
from pipelines.data.batching import Encoded, pad
from pipelines.data.examples import Example
from pipelines.tasks import Task


class Sentiment(Task):
    """Labels a text from the states of a recurrent encoder."""

    field = "label"
    label_counts = "labels"
    needs = ("pooling",)
    reads = ("maximum_tokens", "truncation", "word_dropout")

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.classifier import build_classifier

        return build_classifier(
            self.vocabularies["tokens"], dimensions["tokens"], len(self.labels), self.config.model, self.cell, seed
        )

    def encode(self, example: Example) -> Encoded:
        return self.source(example), [self.label_ids[str(example.label)]]

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        labels = np.array([label for _, (label,) in batch], dtype="int32")
        return pad([source for source, _ in batch]), labels, np.ones(len(batch), dtype="float32")

    def predictor(self, model: Any, decoding: DecodingConfig | None) -> Callable[[list[Encoded]], Sequence[dict]]:
        def predict(batch: list[Encoded]) -> list[dict]:
            rows = []
            logits = model.predict_on_batch(pad([source for (source,) in batch]))
            for distribution in softmax(logits.astype("float64"), axis=-1):
                probabilities = {label: round(float(p), 6) for label, p in zip(self.labels, distribution, strict=True)}
                rows.append({"label": self.labels[int(distribution.argmax())], "probabilities": probabilities})
            return rows

        return predict


TASK = Sentiment
