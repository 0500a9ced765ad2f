"""Text generation: a language model, one step to the next, of characters or of words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded, pad
from pipelines.batches.chunks import CarriedBatches
from pipelines.cells.config import CellConfig
from pipelines.data.examples import Example
from pipelines.tasks.config import DecodingConfig, TaskConfig
from pipelines.tasks.task import Task
from pipelines.text.vocabulary import BEGIN_ID, END_ID, PADDING_ID, UNKNOWN_ID


class TextGeneration(Task):
    """Gives each token its probability after all that stand before it; `<bos>` opens a text.

    Training also predicts the end of a text. Scores are of the text's tokens alone.
    """

    field = "tokens"
    needs = ("chunk_tokens",)
    reads = ("tied_embeddings",)
    dev_decoding = DecodingConfig()  # by the weights as they are
    needs_decoding = False

    @classmethod
    def check(cls, config: TaskConfig, cell: CellConfig) -> None:
        if cell.bidirectional:
            raise InputError(f"task {config.task!r}: a language model reads forwards; expected `bidirectional: false`")
        if config.model.word_vectors == "frozen":
            raise InputError(f"task {config.task!r}: expected `word_vectors: fine_tuned`, got frozen")
        if config.decoding and not config.decoding.dynamic_evaluation:
            raise InputError(f"task {config.task!r}: of `decoding`, dynamic_evaluation alone is read; leave it out")

    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        from pipelines.models.language_model import build_language_model

        rows, tied = self.config.training.batch_size, bool(self.config.model.tied_embeddings)
        return build_language_model(self.vocabularies["tokens"], dimensions["tokens"], tied, self.cell, rows, seed)

    def source(self, example: Example) -> list[int]:
        """The ids of an example's tokens; one that is not known in this very form is unknown.

        In another form it would be given that one's probability, and the probabilities add up to more than one.
        """
        vocabulary = self.vocabularies["tokens"]
        ids = vocabulary.ids(example.tokens)
        if not example.tokens:
            return ids
        return [
            number if vocabulary.words[number] == token else UNKNOWN_ID
            for number, token in zip(ids, example.tokens, strict=True)
        ]

    def features(self, example: Example) -> Encoded:
        """What the model reads of an example: `<bos>`, then the ids of its tokens."""
        ids: Any = np.array([BEGIN_ID, *self.source(example)], "int32")
        return (ids,)

    def encode(self, example: Example) -> Encoded:
        """The tokens before, and the tokens to predict: those of the text, then `<eos>`."""
        (ids,) = self.features(example)
        after: Any = np.append(ids[1:], np.int32(END_ID))
        return ids, after

    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        targets = pad([after for _, after in batch])
        weights = np.isin(targets, (PADDING_ID, BEGIN_ID), invert=True)  # `<bos>` is never predicted
        return self.inputs(batch), targets, weights.astype("float32")

    def batches(self, encoded: Sequence[Encoded], batch_size: int, seed: int) -> CarriedBatches:
        """Batches of chunks, each row with the state that it had at the end of the batch before."""
        return CarriedBatches(encoded, self.collate, batch_size, self.config.model.chunk_tokens or 1, seed)

    def predictor(self, model: Any, decoding: DecodingConfig | None) -> Callable[[list[Encoded]], Sequence[dict]]:
        from pipelines.models.dynamic_evaluation import dynamic_log_probabilities
        from pipelines.models.language_model import log_probabilities

        def predict(batch: list[Encoded]) -> list[dict]:
            texts = [np.asarray(ids) for (ids,) in batch]
            if decoding and decoding.dynamic_evaluation:
                found = dynamic_log_probabilities(model, texts, decoding.dynamic_evaluation)
            else:
                found = log_probabilities(model, texts, self.config.model.chunk_tokens or 1)
            return [
                {"log_probabilities": values.round(6).tolist(), "unknown": np.flatnonzero(ids == UNKNOWN_ID).tolist()}
                for values, ids in zip(found, (text[1:] for text in texts), strict=True)
            ]

        return predict

    def generate(
        self, model: Any, prime: Sequence[str], choose: Callable[[np.ndarray], int], length: int
    ) -> Iterator[str]:
        """Writes on from a beginning, a token at a time, each with the space that belongs before it.

        Args:
            model: a `LanguageModel`.
            prime: the tokens that stand before.
            choose: the number of the next token among its logits, float32 (words,); of special words, all but `<eos>`
                have minus infinity.
            length: the most tokens to write; a text that ends before is shorter.
        """
        from pipelines.models.language_model import reader, zero_states

        read, vocabulary = reader(model), self.vocabularies["tokens"]
        ids = [BEGIN_ID, *(self.source(Example("", "", tuple(prime))) if prime else ())]

        def written() -> Iterator[str]:
            token_ids, states = np.array([ids], "int32"), zero_states(model, 1)
            for _ in range(length):
                logits, states = read(token_ids, states)
                after = logits[0, -1].copy()
                after[[PADDING_ID, UNKNOWN_ID, BEGIN_ID]] = -np.inf
                chosen = choose(after)
                if chosen == END_ID:
                    return
                yield vocabulary.words[chosen]
                token_ids = np.array([[chosen]], "int32")

        return islice(self.detokenize.stream(chain(prime, written())), len(prime), None)


TASK = TextGeneration
