"""Translation: an encoder-decoder with attention."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from pipelines import plugins
from pipelines.config import DecodingConfig
from pipelines.data.batching import Encoded, pad
from pipelines.data.examples import Example
from pipelines.data.tokenization import detokenize
from pipelines.data.vocabulary import BEGIN_ID, END_ID, PADDING_ID
from pipelines.tasks import Task

LEAST = -1e7  # score of a hypothesis; what is less fills a beam that has found no more


class Translation(Task):
    """Writes a sentence's translation word by word."""

    field = "target_tokens"
    decodes = True
    reads = (
        "maximum_tokens",
        "annotations",
        "attention",
        "input_feeding",
        "tied_embeddings",
        "label_smoothing",
    )

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.seq2seq import build_seq2seq

        source, target = self.vocabularies["tokens"], self.vocabularies["target_tokens"]
        return build_seq2seq(
            source, target, dimensions["tokens"], dimensions["target_tokens"], self.config.model, self.cell, seed
        )

    def loss(self) -> Any:
        from pipelines.models.label_smoothing import SmoothedCrossEntropy

        smoothing = self.config.model.label_smoothing
        return SmoothedCrossEntropy(smoothing, reduction="mean_with_sample_weight") if smoothing else super().loss()

    def encode(self, example: Example) -> Encoded:
        target = self.vocabularies["target_tokens"].ids(example.target_tokens or ())
        return self.source(example), target[: self.config.model.maximum_tokens]

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        before = pad([[BEGIN_ID, *target] for _, target in batch])
        after = pad([[*target, END_ID] for _, target in batch])
        return (self.inputs(batch), before), after, (after != PADDING_ID).astype("float32")

    def predictor(self, model: Any, decoding: DecodingConfig | None) -> Callable[[list[Encoded]], Sequence[dict]]:
        decoding = decoding or DecodingConfig()
        decoder = traced_decoder(model, decoding)

        def predict(batch: list[Encoded]) -> list[dict]:
            written = decoder.predict_on_batch(self.inputs(batch))
            if decoding.method == "greedy":
                return [self.written(ids) for ids in np.asarray(written)]
            rows = []
            for hypotheses, scores in zip(*map(np.asarray, written), strict=True):
                rows.append(self.written(hypotheses[0]))
                if decoding.n_best:
                    best = zip(hypotheses[: decoding.n_best], scores.tolist(), strict=False)
                    rows[-1]["n_best"] = [
                        {**self.written(ids), "score": round(score, 6)} for ids, score in best if score > LEAST
                    ]
            return rows

        return predict

    def written(self, ids: np.ndarray) -> dict[str, Any]:
        """The words and the text of a decoded sequence of ids, (time,)."""
        words = self.vocabularies["target_tokens"].words
        tokens = [words[number] for number in ids if number not in (PADDING_ID, END_ID)]
        return {"tokens": tokens, "text": detokenize(tokens, self.language)}


@lru_cache(maxsize=1)
def traced_decoder(model: Any, decoding: DecodingConfig) -> Any:
    """The decoder of a model, kept from one dev evaluation to the next, for tracing it takes seconds."""
    from pipelines.models.tracing import trace_once

    decoder = plugins.load("decoding", decoding.method).Decoder(model, decoding)
    trace_once(decoder)
    return decoder


TASK = Translation
