"""Translation: many-to-many, a text from another, by an encoder-decoder with attention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from embeddings.foundation.config import check_share
from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded, in_batches_by_length, pad
from pipelines.data.examples import Example
from pipelines.decoding.alignment import alignment
from pipelines.decoding.config import DecodingConfig
from pipelines.models.config import EncoderConfig
from pipelines.models.engine import Engine
from pipelines.tasks.config import SMALL_TRAINING, TaskConfig, TextTraining, WordKeys
from pipelines.tasks.encoder_decoder import DecoderKeys, EncoderDecoder
from pipelines.text.vocabulary import BEGIN_ID, UNKNOWN, UNKNOWN_ID


@dataclass(frozen=True, kw_only=True)
class TranslatorKeys(DecoderKeys, WordKeys):
    """The keys of a translator."""

    maximum_tokens: int | None = None  # longer sentences are cut, in training and prediction
    annotations: Literal["states", "states_and_words"] = "states"  # what is attended to
    attention: Literal["multiplicative", "additive", "none"] = "multiplicative"
    input_feeding: bool = False  # whether a step reads the attentional output of the one before
    scheduled_sampling: float = 0.0  # share of the decoder's words that are its own, in the last epoch

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.maximum_tokens is not None and self.maximum_tokens < 1:
            raise ValueError(f"expected maximum_tokens of at least 1, got {self.maximum_tokens}")
        check_share("scheduled_sampling", self.scheduled_sampling)


class Translation(EncoderDecoder):
    """Writes a sentence's translation word by word."""

    Model = TranslatorKeys
    SMALL = (
        {
            "metrics": "translation",
            "monitor": "bleu",
            "model": {"word_vectors": "fine_tuned", "annotations": "states_and_words"},
            "training": SMALL_TRAINING,
            "decoding": {"method": "greedy"},
        },
    )
    config: TaskConfig[TranslatorKeys, TextTraining, DecodingConfig]

    @classmethod
    def check(cls, config: TaskConfig, cell: EncoderConfig) -> None:
        super().check(config, cell)
        for key, share in cell.own_dropouts().items() if config.model.input_feeding else ():
            if share:
                raise InputError(f"model.input_feeding: cannot be combined with {key}; remove one of the two")
        if config.decoding.copy_unknown and config.model.attention == "none":
            raise InputError("decoding.copy_unknown: copying needs attention; remove it")

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.seq2seq import build_seq2seq

        source, target, keys = self.vocabularies["tokens"], self.vocabularies["target_tokens"], self.config.model
        return build_seq2seq(
            source,
            target,
            dimensions["tokens"],
            dimensions["target_tokens"],
            self.cell,
            seed,
            annotations=keys.annotations,
            attention=keys.attention,
            input_feeding=keys.input_feeding,
            tied_embeddings=keys.tied_embeddings,
            scheduled_sampling=bool(keys.scheduled_sampling),
        )

    def graphs(self, model: Any) -> dict[str, Any]:
        from pipelines.graphs.seq2seq import decoder_graph, encoder_graph

        return {"encoder": encoder_graph(model), "decoder": decoder_graph(model)}

    def callbacks(self) -> list[Any]:
        from pipelines.models.scheduled_sampling import ScheduledSampling

        share = self.config.model.scheduled_sampling
        return [ScheduledSampling(share, self.config.training.epochs)] if share else []

    def source(self, example: Example) -> Encoded:
        most = self.config.model.maximum_tokens
        return Encoded(super().source(example).source[:most], (example.tokens or (UNKNOWN,))[:most])

    def target(self, example: Example) -> list[int]:
        return super().target(example)[: self.config.model.maximum_tokens]

    def copies(self, engine: Engine, batch: Sequence[Encoded], best: np.ndarray) -> dict[tuple[int, int], list[str]]:
        """For each hypothesis with unknown words, the source word that each of its words attends to most.

        Reference: Luong et al., "Addressing the Rare Word Problem in Neural Machine Translation", ACL 2015, where
        an alignment selects the word; here attention does.
        """
        found = [(int(number), int(rank)) for number, rank in np.argwhere((best == UNKNOWN_ID).any(axis=-1))]
        if not found:
            return {}
        numbers = [number for number, _ in found]
        outputs = np.stack([best[pair] for pair in found])
        before = np.concatenate([np.full((len(found), 1), BEGIN_ID), outputs[:, :-1]], axis=1).astype("int32")
        attended = alignment(engine, self.inputs(batch)[numbers], before).argmax(axis=-1)
        return {
            pair: [batch[number].tokens[int(position)] for position in positions]
            for pair, number, positions in zip(found, numbers, attended.tolist(), strict=True)
        }

    @property
    def can_explain(self) -> bool:
        return self.config.model.attention != "none"

    def explain(
        self, engine: Engine, examples: Sequence[Example], rows: Sequence[Mapping[str, Any]], gradients: bool = True
    ) -> list[dict]:
        """How much the model attended to each source token as it wrote each token, which takes no gradients."""
        if not self.can_explain:
            raise InputError("--explain: this model has no attention; remove it")
        ids = self.vocabularies["target_tokens"].ids
        encoded = [
            self.source(example)._replace(target=[BEGIN_ID, *ids(row["tokens"][:-1])])
            for example, row in zip(examples, rows, strict=True)
        ]

        def attended(batch: list[Encoded]) -> list[np.ndarray]:
            return list(alignment(engine, self.inputs(batch), pad([each.target for each in batch])))

        found = in_batches_by_length(encoded, 16, attended)
        return [
            {"method": "attention", "weights": weights[: len(row["tokens"]), : len(each.source)].round(4).tolist()}
            for each, row, weights in zip(encoded, rows, found, strict=True)
        ]


TASK = Translation
