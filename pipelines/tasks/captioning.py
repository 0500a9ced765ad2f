"""Captioning: one-to-many, a text from a vector or an image."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded
from pipelines.cells.config import CellConfig
from pipelines.data.examples import Example
from pipelines.tasks.config import DecodingConfig, TaskConfig
from pipelines.tasks.translation import Translation


class Captioning(Translation):
    """Writes a caption token by token, as a translation of a source of one step: all of an example's features."""

    reads = ("tied_embeddings", "label_smoothing")
    reads_features = True
    dev_decoding = DecodingConfig(maximum_ratio=0.0, maximum_extra=200)  # the source is one step

    @classmethod
    def check(cls, config: TaskConfig, cell: CellConfig) -> None:
        if cell.bidirectional:
            told = "expected a cell in one direction, for captions are written forwards"
            raise InputError(f"task {config.task!r}: {told}")

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.captioner import build_captioner

        target = self.vocabularies["target_tokens"]
        return build_captioner(
            dimensions["features"], target, dimensions["target_tokens"], self.config.model, self.cell, seed
        )

    def features(self, example: Example) -> Encoded:
        """An example's features in one step, float32 (1, dimensions)."""
        return (np.reshape(np.asarray(example.features), (1, -1)),)

    def check_attention(self, wanted: str) -> None:
        raise InputError(f"{wanted}: there are no source words that a caption could attend to; leave it out")


TASK = Captioning
