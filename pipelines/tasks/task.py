"""The contract of a task."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.foundation.files import write_json
from embeddings.matrix import matrix
from pipelines.batches.batching import Encoded, TrainingBatches, in_batches_by_length, pad
from pipelines.cells.config import CellConfig
from pipelines.data.examples import Example
from pipelines.tasks.config import DecodingConfig, ModelConfig, TaskConfig
from pipelines.text.tokenization import PLAIN, Detokenizer
from pipelines.text.vocabulary import PADDING_ID, SPECIAL_WORDS, Vocabulary, build_vocabulary
from pipelines.text.word_forms import character_vocabulary

OPTIONAL = tuple(each.name for each in fields(ModelConfig) if each.default is None)
CHARACTERS = "characters"  # name of their vocabulary
SAMPLE_TOKENS = 300  # of a text that training writes now and then
PREDICTION_CHUNK = 4096  # examples held at once while predictions stream


class Task(ABC):
    """What a task adds to the stages: its vocabularies, model, batches and predictions.

    Args:
        config: the task's configuration.
        cell: the recurrent encoder's.
        vocabularies: `tokens`, `target_tokens` where the task writes words, `characters` where it reads them.
        labels: the labels or tags, sorted; a class's number is its index.
        detokenize: puts the tokens of a text together, where the task writes one.

    Raises:
        InputError: the task cannot do what the configuration says.
    """

    field: ClassVar[str]  # of an example: what is predicted
    label_counts: ClassVar[str] = ""  # key of prepare's counts that holds the labels, where there are any
    needs: ClassVar[tuple[str, ...]] = ()  # optional keys of `model` that a configuration must give
    reads: ClassVar[tuple[str, ...]] = ()  # those that it may give
    dev_decoding: ClassVar[DecodingConfig | None] = None  # that of dev while training, if the task reads `decoding`
    needs_decoding: ClassVar[bool] = True  # whether it must be given, if the task reads it
    reads_features: ClassVar[bool] = False  # whether the task reads an example's features, not its tokens

    def __init__(
        self,
        config: TaskConfig,
        cell: CellConfig,
        vocabularies: dict[str, Vocabulary],
        labels: Sequence[str] = (),
        detokenize: Detokenizer = PLAIN,
    ) -> None:
        words, decodes = not self.reads_features, bool(self.dev_decoding)
        writes = type(self).generate is not Task.generate
        for key, needed, read, given in (
            *((f"model.{key}", key in self.needs, key in (*self.needs, *self.reads), given is not None)
              for key, given in vars(config.model).items() if key in OPTIONAL),
            ("model.minimum_count", False, bool(self.text_fields()), config.model.minimum_count != 1),
            ("model.word_vectors", words, words, bool(config.model.word_vectors)),
            ("training.lower_cased", False, words, bool(config.training.lower_cased)),
            ("training.frozen_epochs", False, bool(self.text_fields()), bool(config.training.frozen_epochs)),
            ("training.sample_steps", False, writes, config.training.sample_steps is not None),
            ("decoding", decodes and self.needs_decoding, decodes, config.decoding is not None),
        ):  # fmt: skip
            if given and not read:
                raise InputError(f"task {config.task!r}: `{key}` is not read; leave it out")
            if needed and not given:
                raise InputError(f"task {config.task!r}: `{key}` is missing")
        self.check(config, cell)
        self.config = config
        self.cell = cell
        self.vocabularies = vocabularies
        self.labels = tuple(labels)
        self.label_ids = {label: number for number, label in enumerate(self.labels)}
        self.detokenize = detokenize

    @classmethod
    def check(cls, config: TaskConfig, cell: CellConfig) -> None:
        """Refuses, with an `InputError`, a configuration whose keys are all read but that the task cannot follow."""
        return

    @classmethod
    def from_counts(
        cls,
        config: TaskConfig,
        cell: CellConfig,
        counts: Mapping[str, Mapping[str, int]],
        vectors: Mapping[str, Any],
        detokenize: Detokenizer = PLAIN,
    ) -> "Task":
        """Makes vocabularies and labels of what stands in train and of the vectors' words.

        Args:
            config: the task's configuration.
            cell: the recurrent encoder's.
            counts: of words, labels and tags in train, as prepare writes them.
            vectors: word vectors (`KeyedVectors`) of the fields `tokens` and `target_tokens`.
            detokenize: puts target tokens together.
        """
        vocabularies = {
            field: build_vocabulary(
                counts[field],
                # A generator writes words that train has shown it, so no word of the vectors alone.
                [] if field == cls.field else vectors[field].index_to_key,
                fine_tuned=field == cls.field or config.model.word_vectors == "fine_tuned",
                minimum_count=config.model.minimum_count,
            )
            for field in cls.text_fields()
        }
        if config.model.characters:
            vocabularies[CHARACTERS] = character_vocabulary(counts["tokens"])
        labels = cls.labels_of(config, sorted(counts.get(cls.label_counts, ())))
        return cls(config, cell, vocabularies, labels, detokenize)

    @classmethod
    def labels_of(cls, config: TaskConfig, found: Sequence[str]) -> Sequence[str]:
        """The labels or tags that the model learns, sorted, from those of train."""
        return found

    @classmethod
    def text_fields(cls) -> tuple[str, ...]:
        """The fields of an example that hold words."""
        source = () if cls.reads_features else ("tokens",)
        return (*source, cls.field) if cls.field == "target_tokens" else source

    @abstractmethod
    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        """An untrained model for word vectors, or `features` of a step, of the given widths."""

    @abstractmethod
    def encode(self, example: Example) -> Encoded:
        """What is learned from an example: its features, then the ids of what is predicted."""

    @abstractmethod
    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        """Inputs, targets and weights of a training batch; a weight is 0 at padding."""

    def batches(self, encoded: Sequence[Encoded], batch_size: int, seed: int) -> Any:
        """Training batches with `epoch()` and `len()`, of what `encode` gave."""
        return TrainingBatches(encoded, self.collate, batch_size, seed)

    @abstractmethod
    def predictor(self, model: Any, decoding: DecodingConfig | None) -> Callable[[list[Encoded]], Sequence[dict]]:
        """A function that predicts a batch of sources, giving a row without its id for each."""

    def features(self, example: Example) -> Encoded:
        """What the model reads of an example: the ids of its tokens; its features, float32 (time, width)."""
        return (self.source(example),)

    def inputs(self, batch: Sequence[Encoded]) -> Any:
        """What the model's encoder reads of a batch of features: int32 (batch, time) ids of tokens, and more.

        Where examples are features, float32 (batch, time, width).
        """
        if self.reads_features:
            return np.stack([features for features, *_ in batch])
        return pad([source for source, *_ in batch])

    def source(self, example: Example) -> list[int]:
        """The ids of an example's tokens, cut where the configuration says so."""
        return kept(self.vocabularies["tokens"].ids(example.tokens), self.config.model)

    def loss(self) -> Any:
        """Cross-entropy, averaged over the real targets of a batch."""
        import keras

        return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")

    def callbacks(self) -> list[Any]:
        """Keras callbacks of the task's own training."""
        return []

    def dev_losses(self, model: Any, dev: Sequence[Example]) -> dict[str, float]:
        """Losses on dev that stand beside the metrics in the learning curves; none where metrics read the same."""
        return {}

    def word_embeddings(self, model: Any) -> dict[str, Any]:
        """The model's tables of word vectors, by the field whose words they hold."""
        names = {"tokens": "source_vectors", "target_tokens": "target_vectors"}
        return {field: model.get_layer(names[field]) for field in self.text_fields()}

    def set_vectors(self, model: Any, vectors: Mapping[str, Any], seed: int) -> None:
        """Puts word vectors into a model.

        A word without a vector, not even in lower case, starts at a draw from a normal distribution with the
        vectors' own standard deviation (0.1 where there are none); padding is zero.
        """
        for field, embedding in self.word_embeddings(model).items():
            values, found = matrix(vectors[field], self.vocabularies[field].words)
            found[: len(SPECIAL_WORDS)] = False
            scale = float(values[found].std()) if found.any() else 0.1
            draws = np.random.default_rng(seed).normal(0, scale, (int((~found).sum()), values.shape[1]))
            values[~found] = draws.astype("float32")
            values[PADDING_ID] = 0
            embedding.set_vectors(values)

    def predict(
        self, model: Any, examples: Iterable[Example], decoding: DecodingConfig | None = None, batch_size: int = 64
    ) -> Iterator[dict]:
        """Predicts examples, streaming, in their order.

        Yields:
            A prediction row with the example's id; `truncated_tokens` where the text was cut.
        """
        decoding = decoding or self.config.decoding
        predict_batch = self.predictor(model, decoding)
        batch_size = max(1, batch_size // ((decoding and decoding.beam_size) or 1))
        remaining = iter(examples)
        while chunk := list(islice(remaining, PREDICTION_CHUNK)):
            sources = [self.features(example) for example in chunk]
            rows = in_batches_by_length(sources, batch_size, predict_batch)
            for example, (source, *_), row in zip(chunk, sources, rows, strict=True):
                cut = len(example.tokens) - len(source)
                yield {"id": example.id, **row, **({"truncated_tokens": cut} if cut > 0 else {})}

    def calibrate(self, model: Any, dev: Sequence[Example]) -> None:
        """Fits what turns a trained model's scores into probabilities, on dev; nothing, if the task has nothing."""
        return

    def entities(self, row: Mapping[str, Any]) -> list[tuple[str, int, int]] | None:
        """The entities of a prediction: type, first token, and the token behind the last; None where there are none."""
        return None

    def explain(self, model: Any, examples: Sequence[Example], rows: Sequence[Mapping[str, Any]]) -> list[dict]:
        """What in each text decided its prediction: `method` and `weights`.

        Raises:
            InputError: this task, or this model, cannot tell.
        """
        raise InputError(f"task {self.config.task!r} explains no predictions; leave --explain out")

    def generate(
        self, model: Any, prime: Sequence[str], choose: Callable[[np.ndarray], int], length: int
    ) -> Iterator[str]:
        """Writes on from the tokens of a beginning, a piece of text at a time.

        Raises:
            InputError: this task writes nothing of its own.
        """
        raise InputError(f"task {self.config.task!r} writes no text on; expected a run of `text_generation`")

    def sample(self, model: Any, seed: int) -> str:
        """A short text that a model writes while it is trained, always from the same seed."""
        from pipelines.decoding.sampling import Sampler

        return "".join(self.generate(model, (), Sampler(seed), SAMPLE_TOKENS))

    def save(self, folder: Path) -> None:
        """Writes vocabularies and labels into a run folder."""
        for field, vocabulary in self.vocabularies.items():
            vocabulary.save(folder / f"vocabulary_{field}.json")
        write_json(folder / "labels.json", self.labels)

    @classmethod
    def load(
        cls,
        folder: Path,
        config: TaskConfig,
        cell: CellConfig,
        detokenize: Detokenizer = PLAIN,
    ) -> "Task":
        """Reads what `save` wrote."""
        names = (*cls.text_fields(), *((CHARACTERS,) if config.model.characters else ()))
        vocabularies = {name: Vocabulary.load(folder / f"vocabulary_{name}.json") for name in names}
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        return cls(config, cell, vocabularies, labels, detokenize)


def kept(ids: list[int], config: ModelConfig) -> list[int]:
    """The ids of a text that are not cut: its first ones, its last ones, or half of each; of `windows` all."""
    most = config.maximum_tokens
    if most is None or len(ids) <= most or config.truncation == "windows":
        return ids
    head = {"head": most, "tail": 0, "head_tail": most // 2}[config.truncation or "head"]
    return ids[:head] + ids[len(ids) - (most - head) :]
