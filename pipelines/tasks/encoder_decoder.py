"""Encoder-decoders: a text is written word by word, from whatever is read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config, check_share
from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded, in_batches_by_length, pad
from pipelines.data.examples import Example
from pipelines.decoding import greedy
from pipelines.decoding.config import DecodingConfig
from pipelines.models.engine import Engine
from pipelines.models.probabilities import log_softmax
from pipelines.tasks.config import Keys, TaskConfig
from pipelines.tasks.task import Task
from pipelines.text.vocabulary import BEGIN_ID, END_ID, PADDING_ID, UNKNOWN_ID

LEAST = -1e7  # score of a hypothesis; what is less fills a beam that has found no more


@dataclass(frozen=True, kw_only=True)
class DecoderKeys:
    """The keys of `model` of what writes words."""

    tied_embeddings: bool = False  # whether the output layer is the written words' vectors
    label_smoothing: float = 0.0  # share of a target's probability that is spread over all words

    def __post_init__(self) -> None:
        check_share("label_smoothing", self.label_smoothing)


class EncoderDecoder(Task):
    """Writes a text word by word."""

    METRICS = ("translation", "captioning")
    predicts = "target_tokens"
    dev_decoding = greedy.Decoding()
    config: TaskConfig[Any, Any, DecodingConfig]

    @classmethod
    def decoding_of(cls, values: Keys | None, where: str) -> DecodingConfig:
        if values is None:
            raise InputError(f"{where}: the task needs it; give a `method`")
        return build_config(DecodingConfig, {"method": "greedy", **values}, where)

    def target(self, example: Example) -> list[int]:
        return self.vocabularies["target_tokens"].ids(example.target_tokens or ())

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        before = pad([[BEGIN_ID, *example.target] for example in batch])
        after = pad([[*example.target, END_ID] for example in batch])
        return (self.inputs(batch), before), after, (after != PADDING_ID).astype("float32")

    def loss(self, train: Sequence[Encoded] = ()) -> Any:
        from pipelines.models.label_smoothing import SmoothedCrossEntropy

        smoothing = self.config.model.label_smoothing
        return (
            SmoothedCrossEntropy(smoothing, reduction="mean_with_sample_weight") if smoothing else super().loss(train)
        )

    def dev_losses(self, engine: Engine, dev: Sequence[Example]) -> dict[str, float]:
        """Cross-entropy of a real target word, its end counted as one, in nats; and the perplexity it makes."""

        def cross_entropies(batch: list[Encoded]) -> list[tuple[float, int]]:
            inputs, after, weights = self.collate(batch)
            likely = np.take_along_axis(log_softmax(engine.outputs(inputs)), after[:, :, None], axis=-1)[:, :, 0]
            return list(zip(-(likely * weights).sum(axis=1), weights.sum(axis=1), strict=True))

        sums = in_batches_by_length([self.encode(example) for example in dev], 64, cross_entropies)
        loss = float(sum(each for each, _ in sums) / sum(words for _, words in sums))
        with np.errstate(over="ignore"):
            return {"loss": loss, "perplexity": float(np.exp(loss))}

    def scores(self, engine: Engine, examples: Sequence[Example]) -> list[np.ndarray]:
        batch = [self.encode(example) for example in examples]
        memory, states = engine.start(self.inputs(batch))
        found = []
        for words in pad([[BEGIN_ID, *example.target] for example in batch]).T:
            logits, states, _ = engine.step(words, states, memory)
            found.append(logits)
        of_texts = zip(np.stack(found, axis=1), batch, strict=True)
        return [logits[: len(example.target) + 1] for logits, example in of_texts]

    def predict(
        self, engine: Engine, examples: Iterable[Example], decoding: DecodingConfig | None = None, batch_size: int = 64
    ) -> Iterator[dict]:
        """As every task predicts; `batch_size` counts hypotheses."""
        decoding = self.config.decoding if decoding is None else decoding
        return super().predict(engine, examples, decoding, max(1, batch_size // decoding.hypotheses))

    def predictor(self, engine: Engine, decoding: DecodingConfig) -> Callable[[list[Encoded]], Sequence[dict]]:
        decode = plugins.load("pipelines.decoding", decoding.method, "decoder").decode
        kept = decoding.listed or 1

        def predict(batch: list[Encoded]) -> list[dict]:
            best, scores = (found[:, :kept] for found in decode(engine, self.inputs(batch), decoding))
            copies = self.copies(engine, batch, best) if decoding.copy_unknown else {}
            rows = []
            for number, ranked in enumerate(best):
                outputs = [self.output(ids, copies.get((number, rank))) for rank, ids in enumerate(ranked)]
                rows.append({**outputs[0]})
                if decoding.listed:
                    of_source = zip(outputs, scores[number].tolist(), strict=True)
                    found = [{**output, "score": round(score, 6)} for output, score in of_source if score > LEAST]
                    rows[-1]["n_best"] = found
            return rows

        return predict

    def empty_row(self, decoding: DecodingConfig | None = None) -> dict[str, Any]:
        listed = (decoding or self.config.decoding).listed
        return {"tokens": [], "text": "", **({"n_best": []} if listed else {})}

    def copies(self, engine: Engine, batch: Sequence[Encoded], best: np.ndarray) -> dict[tuple[int, int], list[str]]:
        """For each hypothesis with unknown words, by source and rank, what replaces each of its words.

        Args:
            engine: of the task's model.
            batch: the sources.
            best: the hypotheses of each source, int32 (batch, hypotheses, time).
        """
        return {}

    def output(self, ids: np.ndarray, copies: Sequence[str] | None = None) -> dict[str, Any]:
        """The words and the text of a decoded sequence of ids, (time,).

        Args:
            ids: what was decoded, up to the end or padding.
            copies: what replaces each unknown word.
        """
        words = self.vocabularies["target_tokens"].words
        tokens = [
            copies[step] if copies and number == UNKNOWN_ID else words[number]
            for step, number in enumerate(ids)
            if number not in (PADDING_ID, END_ID)
        ]
        return {"tokens": tokens, "text": self.detokenize(tokens)}
