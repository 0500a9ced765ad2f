"""Part-of-speech tagging: synchronised many-to-many."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import softmax

from pipelines.config import DecodingConfig
from pipelines.data.batching import Encoded, pad
from pipelines.data.examples import Example
from pipelines.tasks import Task


class POSTagging(Task):
    """Gives each token the most probable tag."""

    field = "tags"
    label_counts = "tags"

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.tagger import build_tagger

        return build_tagger(self.vocabularies["tokens"], dimensions["tokens"], len(self.labels), self.cell, seed)

    def encode(self, example: Example) -> Encoded:
        return self.source(example), [self.label_ids[tag] for tag in example.tags or ()]

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        token_ids = pad([source for source, _ in batch])
        tags = np.zeros(token_ids.shape, dtype="int32")
        weights = np.zeros(token_ids.shape, dtype="float32")
        for row, (_, numbers) in enumerate(batch):
            tags[row, : len(numbers)] = numbers
            weights[row, : len(numbers)] = 1
        return token_ids, tags, weights

    def predictor(self, model: Any, decoding: DecodingConfig | None) -> Callable[[list[Encoded]], Sequence[dict]]:
        def predict(batch: list[Encoded]) -> list[dict]:
            sources = [source for (source,) in batch]
            probabilities = softmax(model.predict_on_batch(pad(sources)).astype("float64"), axis=-1)
            rows = []
            for source, distributions in zip(sources, probabilities, strict=True):
                of_tokens = distributions[: len(source)]
                chosen = self.choose(of_tokens)
                confidences = [round(float(row[tag]), 6) for row, tag in zip(of_tokens, chosen, strict=True)]
                rows.append({"tags": [self.labels[tag] for tag in chosen], "probabilities": confidences})
            return rows

        return predict

    def choose(self, probabilities: np.ndarray) -> list[int]:
        """Chooses the tags of a sentence from their probabilities, float (time, tags)."""
        return probabilities.argmax(axis=-1).tolist()


TASK = POSTagging
