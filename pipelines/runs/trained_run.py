"""A trained run in memory: it predicts new texts or features, and encodes them as vectors."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.foundation.errors import InputError
from pipelines.batches.batching import Encoded, in_batches_by_length
from pipelines.data.examples import Example, check_shape
from pipelines.models.engine import Engine
from pipelines.tasks.capabilities import Explains, FindsEntities, Generates
from pipelines.tasks.config import load_task
from pipelines.tasks.task import Task
from pipelines.text.tokenization import Tokenizer, offsets, whitespace


@dataclass(frozen=True)
class TrainedRun:
    """What a run folder holds."""

    name: str
    task: Task
    engine: Engine
    tokenize: Tokenizer  # the one that the run's texts went through
    feature_shape: Sequence[int] | None = None  # of what it reads in their place, if it does
    is_ensemble: bool = False  # of several runs, which has no gradients

    def predict(
        self,
        texts: Iterable[str | np.ndarray],
        decoding: Any = None,
        tokenised: bool = False,
        chunk: int = 256,
        explain: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """Predicts texts, streaming, in their order.

        A text without tokens, such as an empty line or, but for a language model of characters, a blank one, is not
        read and has an empty answer: no tags or entities, an empty translation, no label (None), no log-probabilities.

        Args:
            texts: raw, or with ASCII white space between the tokens; of a run that reads features, these, each float32
                of the shape that it was trained on.
            decoding: instead of the run's own, of the task's own kind.
            tokenised: whether the tokens are given.
            chunk: texts that are held at once.
            explain: whether to add token attributions: of a classifier by gradients, of an ensemble by leaving each
                token out in turn.

        Yields:
            The predicted row with the text's number as `id` and its tokens as `source_tokens`, which features have
            not. Where tokens are tagged, `offsets` are the first character of each and the one behind its last, and
            `entities` the entities, if the tags are of any. `explanation` holds its `method` and, for each token of
            the source (of a translation: for each token written, for each of the source), its `weights`.

        Raises:
            InputError: the task explains no predictions; texts were given for features, or features of another shape.
        """
        explainer = self.task if isinstance(self.task, Explains) else None
        if explain and not explainer:
            raise InputError(f"task {self.task.config.task!r} cannot explain predictions; remove --explain")
        for examples in self._chunks(texts, tokenised, chunk):
            rows = self._rows(examples, decoding)
            explained: Sequence[Mapping[str, Any]] = [{}] * len(rows)
            if explain and explainer:
                explained = explainer.explain(self.engine, examples, rows, gradients=not self.is_ensemble)
            for example, row, explanation in zip(examples, rows, explained, strict=True):
                read = {"source_tokens": example.tokens} if self.task.reads == "tokens" else {}
                found = {"id": row["id"], **read, **row}
                if explanation:
                    found["explanation"] = explanation
                if "tags" in row:
                    found["offsets"] = offsets(example.text, example.tokens)
                if isinstance(self.task, FindsEntities):
                    entities = self.task.entities(row)
                    found["entities"] = [described(entity, example.text, found) for entity in entities]
                yield found

    def decoding_of(self, path: Path) -> Any:
        """The `decoding` of a task's configuration.

        Raises:
            InputError: it is a configuration of another task than the run's, or the model cannot follow it.
        """
        config, expected = load_task(path), self.task.config.task
        if config.task != expected:
            raise InputError(
                f"{path}: expected a configuration of task {expected!r}, as run {self.name!r} is, got {config.task!r}"
            )
        try:
            self.task.check(replace(self.task.config, decoding=config.decoding), self.task.cell)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
        return config.decoding

    def generate(self, prompt: str, choose: Callable[[np.ndarray], int], length: int) -> Iterator[str]:
        """Continues a prompt token by token, each with the space that belongs before it.

        Args:
            prompt: possibly empty.
            choose: the number of the next token among its logits, such as a `pipelines.decoding.sampling.Sampler`.
            length: the most tokens to write.

        Raises:
            InputError: the task is no language model.
        """
        if not isinstance(self.task, Generates):
            raise InputError(f"task {self.task.config.task!r} generates no text; expected a run of `text_generation`")
        return self.task.generate(self.engine, self.tokenize(prompt), choose, length)

    def encode(
        self, texts: Iterable[str | np.ndarray], tokenised: bool = False, chunk: int = 256
    ) -> Iterator[np.ndarray]:
        """The last hidden states of the encoder's last layer, both directions joined, for each text, streaming.

        A captioner has no encoder; it gives the hidden state that its decoder's last layer starts from.

        Args:
            texts: raw, or with ASCII white space between the tokens; or features, as for `predict`.
            tokenised: whether the tokens are given.
            chunk: texts that are held at once.

        Yields:
            float32 (width,); of a text without tokens zeros, the state that has read nothing.
        """
        engine = self.engine

        def vectors(batch: list[Encoded]) -> list[np.ndarray]:
            return list(engine.hidden_states(self.task.inputs(batch)))

        for examples in self._chunks(texts, tokenised, chunk):
            sources = [self.task.source(example) for example in examples]
            found = in_batches_by_length(sources, 64, vectors, engine.batches_at_once)
            for example, vector in zip(examples, found, strict=True):
                yield vector if self._is_read(example) else np.zeros_like(vector)

    def _rows(self, examples: Sequence[Example], decoding: Any) -> list[dict[str, Any]]:
        """A row for each example, the empty one where there is nothing to read."""
        read = self.task.predict(self.engine, filter(self._is_read, examples), decoding)
        empty = self.task.empty_row(decoding)
        return [next(read) if self._is_read(each) else {"id": each.id, **empty} for each in examples]

    def _is_read(self, example: Example) -> bool:
        return self.task.reads == "features" or bool(example.tokens)

    def _chunks(self, texts: Iterable[str | np.ndarray], tokenised: bool, chunk: int) -> Iterator[list[Example]]:
        example = self._of_text(tokenised) if self.task.reads == "tokens" else self._of_features
        remaining = enumerate(texts)
        while part := list(islice(remaining, chunk)):
            yield [example(str(number), text) for number, text in part]

    def _of_text(self, tokenised: bool) -> Callable[[str, Any], Example]:
        tokenize = whitespace if tokenised else self.tokenize

        def example(number: str, text: Any) -> Example:
            if not isinstance(text, str):
                raise InputError(f"run {self.name!r} reads text, got features; give it text")
            blank = not text.strip() and self.task.predicts != "tokens"  # which gives a space its probability
            return Example(number, text, () if blank else tuple(tokenize(text)))

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
