"""Text generation: a language model of characters or words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Literal

import numpy as np

from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded, pad
from pipelines.batches.chunks import CarriedBatches
from pipelines.data.examples import Example
from pipelines.decoding.sampling import Sampler
from pipelines.models.config import DynamicEvaluationConfig, EncoderConfig
from pipelines.models.engine import Engine
from pipelines.models.reading import chunks, log_probabilities
from pipelines.tasks.config import SMALL_TRAINING, Keys, TaskConfig, TextTraining
from pipelines.tasks.task import Task
from pipelines.text.vocabulary import BEGIN_ID, END_ID, PADDING_ID, UNKNOWN, UNKNOWN_ID

SAMPLE_TOKENS = 300
SCORED_TOKENS = 256  # of a text, to compare engines


@dataclass(frozen=True, kw_only=True)
class LanguageModelKeys:
    """The keys of a language model."""

    chunk_tokens: int  # tokens read at once; states are carried on, gradients end
    word_vectors: Literal["fine_tuned"] = "fine_tuned"  # the vectors of what is written are trained on
    minimum_count: int = 1  # rarer words of train are unknown words
    tied_embeddings: bool = False  # whether the output layer is the words' vectors

    def __post_init__(self) -> None:
        if self.chunk_tokens < 1:
            raise ValueError(f"expected chunk_tokens of at least 1, got {self.chunk_tokens}")


@dataclass(frozen=True)
class LanguageModelTraining(TextTraining):
    """How a language model is trained."""

    sample_steps: int | None = None  # steps after which a sample is written, again and again

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.sample_steps is not None and self.sample_steps < 1:
            raise ValueError(f"expected sample_steps of at least 1, got {self.sample_steps}")


@dataclass(frozen=True)
class ScoringConfig:
    """How a language model scores a text."""

    dynamic_evaluation: DynamicEvaluationConfig | None = None  # how it learns from the text, if it does


class TextGeneration(Task):
    """Gives each token its probability given all tokens before it; `<bos>` begins a text.

    Training also predicts the end of a text. Scores are of the text's tokens alone.
    """

    Model = LanguageModelKeys
    Training = LanguageModelTraining
    SMALL = tuple(
        {"metrics": "perplexity", "monitor": "nats_per_character", "model": model, "training": SMALL_TRAINING}
        for model in ({"chunk_tokens": 50}, {"chunk_tokens": 2, "tied_embeddings": True})
    )
    METRICS = ("perplexity",)
    predicts = "tokens"
    dev_decoding = ScoringConfig()  # by the weights as they are
    config: TaskConfig[LanguageModelKeys, LanguageModelTraining, ScoringConfig]

    @classmethod
    def decoding_of(cls, values: Keys | None, where: str) -> ScoringConfig:
        return build_config(ScoringConfig, values or {}, where)

    @classmethod
    def check(cls, config: TaskConfig, cell: EncoderConfig) -> None:
        super().check(config, cell)
        if cell.bidirectional:
            raise InputError("a language model reads forwards; expected `bidirectional: false`")

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.language_model import build_language_model

        rows, tied = self.config.training.batch_size, self.config.model.tied_embeddings
        return build_language_model(self.vocabularies["tokens"], dimensions["tokens"], tied, self.cell, rows, seed)

    def graphs(self, model: Any) -> dict[str, Any]:
        from pipelines.graphs.language_model import language_model_graph

        return {"model": language_model_graph(model)}

    def source_ids(self, tokens: Sequence[str]) -> list[int]:
        """`<bos>`, then the ids of tokens; one that is not known in this very form is unknown.

        In another form it would be given that one's probability, and the probabilities add up to more than one.
        """
        vocabulary = self.vocabularies["tokens"]
        ids = {token: vocabulary.id(token) for token in tokens}
        return [BEGIN_ID, *(ids[token] if vocabulary.words[ids[token]] == token else UNKNOWN_ID for token in tokens)]

    def source(self, example: Example) -> Encoded:
        """What the model reads of an example: `<bos>`, then the ids of its tokens, int32 (1 + tokens,)."""
        return Encoded(np.array(self.source_ids(example.tokens or (UNKNOWN,)), "int32"))

    def target(self, example: Example) -> Any:
        """The tokens to predict: those of the text, then `<eos>`, int32 (1 + tokens,)."""
        return np.append(self.source(example).source[1:], np.int32(END_ID))

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        targets = pad([text.target for text in batch])
        weights = np.isin(targets, (PADDING_ID, BEGIN_ID), invert=True)  # `<bos>` is never predicted
        return self.inputs(batch), targets, weights.astype("float32")

    def batches(self, encoded: Sequence[Encoded], batch_size: int, seed: int) -> CarriedBatches:
        """Batches of chunks, each row with the state that it had at the end of the batch before."""
        return CarriedBatches(encoded, self.collate, batch_size, self.config.model.chunk_tokens, seed)

    def scores(self, engine: Engine, examples: Sequence[Example]) -> list[np.ndarray]:
        """As every task's, of the beginning of each text."""
        found: list[list[np.ndarray]] = [[] for _ in examples]
        texts = [self.source(example).source[:SCORED_TOKENS] for example in examples]
        chunk_tokens = self.config.model.chunk_tokens
        for number, (rows, logits, _) in enumerate(chunks(engine, texts, chunk_tokens)):
            for row, of_row in zip(rows, logits, strict=True):
                found[row].append(of_row[: len(texts[row]) - number * chunk_tokens])
        return [np.concatenate(parts) for parts in found]

    def predictor(self, engine: Engine, decoding: ScoringConfig) -> Callable[[list[Encoded]], Sequence[dict]]:
        model = engine.keras_model("dynamic evaluation") if decoding.dynamic_evaluation else None

        def predict(batch: list[Encoded]) -> list[dict]:
            texts = [text.source for text in batch]
            if decoding.dynamic_evaluation and model:
                from pipelines.models.dynamic_evaluation import dynamic_log_probabilities

                found = dynamic_log_probabilities(model, texts, decoding.dynamic_evaluation)
            else:
                found = log_probabilities(engine, texts, self.config.model.chunk_tokens)
            return [
                {"log_probabilities": values.round(6).tolist(), "unknown": np.flatnonzero(ids == UNKNOWN_ID).tolist()}
                for values, ids in zip(found, (text[1:] for text in texts), strict=True)
            ]

        return predict

    def empty_row(self, decoding: ScoringConfig | None = None) -> dict[str, Any]:
        return {"log_probabilities": [], "unknown": []}

    def generate(
        self, engine: Engine, prompt: Sequence[str], choose: Callable[[np.ndarray], int], length: int
    ) -> Iterator[str]:
        """Continues a prompt token by token, each with the space that belongs before it."""
        vocabulary = self.vocabularies["tokens"]
        ids = self.source_ids(prompt)

        def written() -> Iterator[str]:
            token_ids, states = np.array([ids], "int32"), engine.first_states(1)
            for _ in range(length):
                logits, states = engine.read(token_ids, states)
                after = logits[0, -1].copy()
                after[[PADDING_ID, UNKNOWN_ID, BEGIN_ID]] = -np.inf
                chosen = choose(after)
                if chosen == END_ID:
                    return
                yield vocabulary.words[chosen]
                token_ids = np.array([[chosen]], "int32")

        return islice(self.detokenize.stream(chain(prompt, written())), len(prompt), None)

    def sample(self, engine: Engine, seed: int) -> str:
        """A short sample, as training writes periodically."""
        return "".join(self.generate(engine, (), Sampler(seed), SAMPLE_TOKENS))


TASK = TextGeneration
