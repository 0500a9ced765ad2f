"""Translation: an encoder-decoder with attention."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import logsumexp

from embeddings.foundation import plugins
from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded, in_batches_by_length, pad
from pipelines.data.examples import Example
from pipelines.tasks.config import DecodingConfig
from pipelines.tasks.task import Task
from pipelines.text.vocabulary import BEGIN_ID, END_ID, PADDING_ID, UNKNOWN, UNKNOWN_ID

LEAST = -1e7  # score of a hypothesis; what is less fills a beam that has found no more


class Translation(Task):
    """Writes a sentence's translation word by word."""

    field = "target_tokens"
    dev_decoding = DecodingConfig()
    reads = (
        "maximum_tokens",
        "annotations",
        "attention",
        "input_feeding",
        "tied_embeddings",
        "label_smoothing",
        "scheduled_sampling",
    )

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.seq2seq import build_seq2seq

        for key in ("recurrent_dropout", "weight_dropout") if self.config.model.input_feeding else ():
            if getattr(self.cell, key):
                raise InputError(f"model.input_feeding: its steps have no {key}; leave one of the two out")
        source, target = self.vocabularies["tokens"], self.vocabularies["target_tokens"]
        return build_seq2seq(
            source, target, dimensions["tokens"], dimensions["target_tokens"], self.config.model, self.cell, seed
        )

    def loss(self) -> Any:
        from pipelines.models.label_smoothing import SmoothedCrossEntropy

        smoothing = self.config.model.label_smoothing
        return SmoothedCrossEntropy(smoothing, reduction="mean_with_sample_weight") if smoothing else super().loss()

    def callbacks(self) -> list[Any]:
        from pipelines.models.scheduled_sampling import ScheduledSampling

        share = self.config.model.scheduled_sampling
        return [ScheduledSampling(share, self.config.training.epochs)] if share else []

    def dev_losses(self, model: Any, dev: Sequence[Example]) -> dict[str, float]:
        """Cross-entropy of a real target word, its end counted as one, in nats; and the perplexity it makes."""

        def cross_entropies(batch: list[Encoded]) -> list[tuple[float, int]]:
            inputs, after, weights = self.collate(batch)
            logits = model.predict_on_batch(inputs)
            likely = np.take_along_axis(logits, after[:, :, None], axis=-1)[:, :, 0] - logsumexp(logits, axis=-1)
            return list(zip(-(likely * weights).sum(axis=1), weights.sum(axis=1), strict=True))

        sums = in_batches_by_length([self.encode(example) for example in dev], 64, cross_entropies)
        loss = float(sum(each for each, _ in sums) / sum(words for _, words in sums))
        with np.errstate(over="ignore"):
            return {"loss": loss, "perplexity": float(np.exp(loss))}

    def encode(self, example: Example) -> Encoded:
        target = self.vocabularies["target_tokens"].ids(example.target_tokens or ())
        return *self.features(example), target[: self.config.model.maximum_tokens]

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        before = pad([[BEGIN_ID, *target] for *_, target in batch])
        after = pad([[*target, END_ID] for *_, target in batch])
        return (self.inputs(batch), before), after, (after != PADDING_ID).astype("float32")

    def features(self, example: Example) -> Encoded:
        """The ids of a sentence's tokens, and the tokens, which may be copied."""
        source = self.source(example)
        return source, (example.tokens or (UNKNOWN,))[: len(source)]

    def predictor(self, model: Any, decoding: DecodingConfig | None) -> Callable[[list[Encoded]], Sequence[dict]]:
        decoding = decoding or DecodingConfig()
        if decoding.dynamic_evaluation:
            raise InputError("decoding.dynamic_evaluation: expected a language model, which scores texts; leave it out")
        if decoding.copy_unknown:
            self.check_attention("decoding.copy_unknown")
        decoder = traced_decoder(model, decoding)

        def predict(batch: list[Encoded]) -> list[dict]:
            source_ids = self.inputs(batch)
            written = decoder.predict_on_batch(source_ids)
            if decoding.method == "greedy":
                best, scores = np.asarray(written)[:, None], np.zeros((len(batch), 1))
            else:
                best, scores = map(np.asarray, written)
            best, scores = best[:, : decoding.n_best or 1], scores[:, : decoding.n_best or 1]
            copies = self.copies(model, source_ids, batch, best) if decoding.copy_unknown else {}
            rows = []
            for number, hypotheses in enumerate(best):
                outputs = [self.written(ids, copies.get((number, rank))) for rank, ids in enumerate(hypotheses)]
                rows.append({**outputs[0]})
                if decoding.n_best:
                    ranked = zip(outputs, scores[number].tolist(), strict=True)
                    found = [{**output, "score": round(score, 6)} for output, score in ranked if score > LEAST]
                    rows[-1]["n_best"] = found
            return rows

        return predict

    def copies(
        self, model: Any, source_ids: np.ndarray, batch: Sequence[Encoded], best: np.ndarray
    ) -> dict[tuple[int, int], list[str]]:
        """For each hypothesis with unknown words, the source word that each of its words attends to most.

        Args:
            model: a `Seq2Seq`.
            source_ids: int32 (batch, source_time).
            batch: the sources and their tokens.
            best: the hypotheses of each source, int32 (batch, hypotheses, time).

        Reference: Luong et al., "Addressing the Rare Word Problem in Neural Machine Translation", ACL 2015, where
        an alignment tells the word; here it is attention's.
        """
        found = [(int(number), int(rank)) for number, rank in np.argwhere((best == UNKNOWN_ID).any(axis=-1))]
        if not found:
            return {}
        numbers = [number for number, _ in found]
        outputs = np.stack([best[pair] for pair in found])
        before = np.concatenate([np.full((len(found), 1), BEGIN_ID), outputs[:, :-1]], axis=1).astype("int32")
        attended = np.asarray(model.alignment(source_ids[numbers], before)).argmax(axis=-1)
        return {
            pair: [batch[number][1][position] for position in positions]
            for pair, number, positions in zip(found, numbers, attended.tolist(), strict=True)
        }

    def explain(self, model: Any, examples: Sequence[Example], rows: Sequence[Mapping[str, Any]]) -> list[dict]:
        """How much the model attended to each source token as it wrote each token."""
        self.check_attention("--explain")
        ids = self.vocabularies["target_tokens"].ids
        encoded = [(self.source(example), [BEGIN_ID, *ids(row["tokens"][:-1])], row["tokens"])
                   for example, row in zip(examples, rows, strict=True)]  # fmt: skip

        def attended(batch: list[Encoded]) -> list[np.ndarray]:
            return list(np.asarray(model.alignment(self.inputs(batch), pad([before for _, before, _ in batch]))))

        found = in_batches_by_length(encoded, 16, attended)
        return [
            {"method": "attention", "weights": weights[: len(tokens), : len(source)].round(4).tolist()}
            for (source, _, tokens), weights in zip(encoded, found, strict=True)
        ]

    def check_attention(self, wanted: str) -> None:
        """Refuses what needs attention where the model has none."""
        if self.config.model.attention == "none":
            raise InputError(f"{wanted}: this model has no attention that could tell; leave it out")

    def written(self, ids: np.ndarray, copies: Sequence[str] | None = None) -> dict[str, Any]:
        """The words and the text of a decoded sequence of ids, (time,).

        Args:
            ids: what was decoded, up to the end or padding.
            copies: what stands for each word that is unknown.
        """
        words = self.vocabularies["target_tokens"].words
        tokens = [
            copies[step] if copies and number == UNKNOWN_ID else words[number]
            for step, number in enumerate(ids)
            if number not in (PADDING_ID, END_ID)
        ]
        return {"tokens": tokens, "text": self.detokenize(tokens)}


@lru_cache(maxsize=1)
def traced_decoder(model: Any, decoding: DecodingConfig) -> Any:
    """The decoder of a model, kept from one dev evaluation to the next, for tracing it takes seconds."""
    from pipelines.models.tracing import trace_once

    module = plugins.load("pipelines.decoding", decoding.method)
    if not hasattr(module, "Decoder"):
        raise InputError(f"decoding.method: expected greedy or beam, got {decoding.method!r}, which translates nothing")
    decoder = module.Decoder(model, decoding)
    trace_once(decoder)
    return decoder


TASK = Translation
