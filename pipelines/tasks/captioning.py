"""Captioning: one-to-many, a text from a vector or an image."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded
from pipelines.data.examples import Example
from pipelines.decoding import greedy
from pipelines.decoding.config import DecodingConfig
from pipelines.models.config import EncoderConfig
from pipelines.tasks.config import SMALL_TRAINING, ImageTraining, TaskConfig, WordVectorTraining
from pipelines.tasks.encoder_decoder import DecoderKeys, EncoderDecoder


@dataclass(frozen=True, kw_only=True)
class CaptionerKeys(DecoderKeys):
    """The keys of a captioner."""

    minimum_count: int = 1  # rarer words of train's captions are unknown words


@dataclass(frozen=True)
class CaptionerTraining(ImageTraining, WordVectorTraining):
    """How a captioner is trained."""


class Captioning(EncoderDecoder):
    """Writes a caption token by token, from all of an example's features, a source of one step."""

    Model = CaptionerKeys
    Training = CaptionerTraining
    SMALL = (
        {
            "metrics": "captioning",
            "monitor": "exact_match",
            "model": {},
            "training": {**SMALL_TRAINING, "patience": 40},  # without attention the first right caption comes late
            "decoding": {"method": "greedy", "maximum_ratio": 0.0, "maximum_extra": 20},
        },
    )
    reads = "features"
    dev_decoding = greedy.Decoding(maximum_ratio=0.0, maximum_extra=200)  # the source is one step
    config: TaskConfig[CaptionerKeys, CaptionerTraining, DecodingConfig]

    @classmethod
    def check(cls, config: TaskConfig, cell: EncoderConfig) -> None:
        super().check(config, cell)
        if cell.bidirectional:
            raise InputError("captions are written forwards; expected `bidirectional: false`")
        if config.decoding.copy_unknown:
            raise InputError("decoding.copy_unknown: there are no source words to copy; remove it")

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.captioner import build_captioner

        target, tied = self.vocabularies["target_tokens"], self.config.model.tied_embeddings
        return build_captioner(
            dimensions["features"], target, dimensions["target_tokens"], self.cell, seed, tied_embeddings=tied
        )

    def graphs(self, model: Any) -> dict[str, Any]:
        from pipelines.graphs.captioner import captioner_graph
        from pipelines.graphs.seq2seq import decoder_graph

        return {"encoder": captioner_graph(model), "decoder": decoder_graph(model)}

    def source(self, example: Example) -> Encoded:
        """An example's features in one step, float32 (1, dimensions)."""
        return Encoded(np.reshape(np.asarray(example.features), (1, -1)))


TASK = Captioning
