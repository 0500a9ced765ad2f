"""A trained run in memory: it predicts new texts or features, and turns them into vectors."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import in_batches_by_length
from pipelines.data.examples import Example, check_shape
from pipelines.tasks.config import DecodingConfig
from pipelines.tasks.task import Task
from pipelines.text.tokenization import Tokenizer, offsets
from pipelines.text.vocabulary import UNKNOWN


@dataclass(frozen=True)
class TrainedRun:
    """What a run folder holds."""

    name: str
    task: Task
    model: Any
    tokenize: Tokenizer  # the one that the run's texts went through
    feature_shape: Sequence[int] | None = None  # of what it reads in their place, if it does

    def predict(
        self,
        texts: Iterable[str | np.ndarray],
        decoding: DecodingConfig | None = None,
        tokenised: bool = False,
        chunk: int = 256,
        explain: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """Predicts texts, streaming, in their order.

        Args:
            texts: raw, or with spaces between the tokens; of a run that reads features, these, each float32 of the
                shape that it was trained on.
            decoding: instead of the run's own.
            tokenised: whether the tokens are given.
            chunk: texts that are held at once.
            explain: whether to tell what decided a prediction.

        Yields:
            The predicted row with the text's number as `id` and its tokens as `source_tokens`, which features have
            not. Where tokens are tagged, `offsets` are the first character of each and the one behind its last, and
            `entities` the entities, if the tags are of any. `explanation` holds its `method` and, for each token of
            the source (of a translation: for each token written, for each of the source), its `weights`.

        Raises:
            InputError: the task explains no predictions; texts were given for features, or features of another shape.
        """
        for examples in self._chunks(texts, tokenised, chunk):
            rows = list(self.task.predict(self.model, examples, decoding))
            reasons = self.task.explain(self.model, examples, rows) if explain else [None] * len(rows)
            for example, row, reason in zip(examples, rows, reasons, strict=True):
                read = {} if self.task.reads_features else {"source_tokens": example.tokens}
                found = {"id": row["id"], **read, **row}
                if reason:
                    found["explanation"] = reason
                if "tags" in row:
                    found["offsets"] = offsets(example.text, example.tokens)
                if (entities := self.task.entities(row)) is not None:
                    found["entities"] = [described(entity, example.text, found) for entity in entities]
                yield found

    def generate(self, prime: str, choose: Callable[[np.ndarray], int], length: int) -> Iterator[str]:
        """Writes on from the beginning of a text, a token at a time, each with the space that belongs before it.

        Args:
            prime: the beginning, possibly empty.
            choose: the number of the next token among its logits, such as a `pipelines.decoding.sampling.Sampler`.
            length: the most tokens to write.

        Raises:
            InputError: the task writes nothing of its own.
        """
        return self.task.generate(self.model, self.tokenize(prime), choose, length)

    def encode(
        self, texts: Iterable[str | np.ndarray], tokenised: bool = False, chunk: int = 256
    ) -> Iterator[np.ndarray]:
        """The last hidden states of the encoder's last layer, both directions joined, for each text, streaming.

        A captioner has no encoder; it gives the hidden state that its decoder's last layer starts from.

        Args:
            texts: raw, or with spaces between the tokens; or features, as for `predict`.
            tokenised: whether the tokens are given.
            chunk: texts that are held at once.

        Yields:
            float32 (width,).
        """
        from pipelines.models.sentence_vectors import sentence_encoder

        encoder = sentence_encoder(self.model, self.task.cell)
        for examples in self._chunks(texts, tokenised, chunk):
            features = [self.task.features(example) for example in examples]
            yield from in_batches_by_length(features, 64, lambda batch: list(encoder(self.task.inputs(batch))))

    def _chunks(self, texts: Iterable[str | np.ndarray], tokenised: bool, chunk: int) -> Iterator[list[Example]]:
        example = self._of_features if self.task.reads_features else self._of_text(tokenised)
        remaining = enumerate(texts)
        while part := list(islice(remaining, chunk)):
            yield [example(str(number), text) for number, text in part]

    def _of_text(self, tokenised: bool) -> Callable[[str, Any], Example]:
        tokenize = str.split if tokenised else self.tokenize

        def example(number: str, text: Any) -> Example:
            if not isinstance(text, str):
                raise InputError(f"run {self.name!r} reads text, got features; give it text")
            return Example(number, text, tuple(tokenize(text)) or (UNKNOWN,))

        return example

    def _of_features(self, number: str, features: Any) -> Example:
        if isinstance(features, str):
            raise InputError(f"run {self.name!r} reads features, got text; give it a file of features (--features)")
        check_shape(features.shape, self.feature_shape, f"run {self.name!r}")
        return Example(number, "", (), features=features)


def described(entity: tuple[str, int, int], text: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """An entity by its characters; its probability is that of its least probable tag."""
    kind, first, behind = entity
    start, end = row["offsets"][first][0], row["offsets"][behind - 1][1]
    probability = min(row["probabilities"][first:behind])
    return {"type": kind, "start": start, "end": end, "text": text[start:end], "probability": probability}
