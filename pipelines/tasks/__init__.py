"""Tasks, one file each; a task's configuration names the file, whose `TASK` is the task's class.

This module holds the contract.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from embeddings.errors import InputError
from embeddings.files import write_json
from embeddings.matrix import matrix
from pipelines.config import CellConfig, DecodingConfig, TaskConfig
from pipelines.data.batching import Encoded, in_batches_by_length
from pipelines.data.examples import Example
from pipelines.data.vocabulary import PADDING_ID, SPECIAL_WORDS, Vocabulary, build_vocabulary

PREDICTION_CHUNK = 4096  # examples held at once while predictions stream


class Task(ABC):
    """What a task adds to the stages: its vocabularies, model, batches and predictions.

    Args:
        config: the task's configuration.
        cell: the recurrent encoder's.
        vocabularies: `tokens`, and `target_tokens` where the task writes words.
        labels: the labels or tags, sorted; a class's number is its index.
        language: of the target, for detokenisation.
    """

    field: ClassVar[str]  # of an example: what is predicted
    label_counts: ClassVar[str] = ""  # key of prepare's counts that holds the labels, where there are any
    pools: ClassVar[bool] = False  # whether the task reads `model.pooling`
    decodes: ClassVar[bool] = False  # whether the task reads `decoding`
    truncates: ClassVar[bool] = False  # whether the task may read `model.maximum_tokens`

    def __init__(
        self,
        config: TaskConfig,
        cell: CellConfig,
        vocabularies: dict[str, Vocabulary],
        labels: Sequence[str] = (),
        language: str = "",
    ) -> None:
        for key, wanted, given in (
            ("model.pooling", self.pools, config.model.pooling is not None),
            ("decoding", self.decodes, config.decoding is not None),
        ):
            if wanted != given:
                raise InputError(
                    f"task {config.task!r}: `{key}` is {'missing' if wanted else 'not read; leave it out'}"
                )
        for key, value, read in (
            ("maximum_tokens", config.model.maximum_tokens, self.truncates),
            ("annotations", config.model.annotations, self.decodes),
        ):
            if value is not None and not read:
                raise InputError(f"task {config.task!r}: `model.{key}` is not read; leave it out")
        self.config = config
        self.cell = cell
        self.vocabularies = vocabularies
        self.labels = tuple(labels)
        self.label_ids = {label: number for number, label in enumerate(self.labels)}
        self.language = language

    @classmethod
    def from_counts(
        cls,
        config: TaskConfig,
        cell: CellConfig,
        counts: Mapping[str, Mapping[str, int]],
        vectors: Mapping[str, Any],
        language: str = "",
    ) -> "Task":
        """Makes vocabularies and labels of what stands in train and of the vectors' words.

        Args:
            config: the task's configuration.
            cell: the recurrent encoder's.
            counts: of words, labels and tags in train, as prepare writes them.
            vectors: word vectors (`KeyedVectors`) of the fields `tokens` and `target_tokens`.
            language: of the target.
        """
        vocabularies = {
            field: build_vocabulary(
                counts[field],
                # A generator writes words that train has shown it, so no word of the vectors alone.
                [] if field == "target_tokens" else vectors[field].index_to_key,
                fine_tuned=field == "target_tokens" or config.model.word_vectors == "fine_tuned",
                minimum_count=config.model.minimum_count,
            )
            for field in cls.text_fields()
        }
        return cls(config, cell, vocabularies, sorted(counts.get(cls.label_counts, ())), language)

    @classmethod
    def text_fields(cls) -> tuple[str, ...]:
        """The fields of an example that hold words."""
        return ("tokens", cls.field) if cls.field == "target_tokens" else ("tokens",)

    @abstractmethod
    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        """An untrained model for word vectors of the given widths."""

    @abstractmethod
    def encode(self, example: Example) -> Encoded:
        """An example's sequences of ids: the source, then what is predicted."""

    @abstractmethod
    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        """Inputs, targets and weights of a training batch; a weight is 0 at padding."""

    @abstractmethod
    def predictor(self, model: Any, decoding: DecodingConfig | None) -> Callable[[list[Encoded]], Sequence[dict]]:
        """A function that predicts a batch of sources, giving a row without its id for each."""

    def source(self, example: Example) -> list[int]:
        """The ids of an example's tokens, cut where the configuration says so."""
        return self.vocabularies["tokens"].ids(example.tokens)[: self.config.model.maximum_tokens]

    def loss(self) -> Any:
        """Cross-entropy, averaged over the real targets of a batch."""
        import keras

        return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")

    def set_vectors(self, model: Any, vectors: Mapping[str, Any], seed: int) -> None:
        """Puts word vectors into a model.

        A word without a vector, not even in lower case, starts at a draw from a normal distribution with the
        vectors' own standard deviation (0.1 where there are none); padding is zero.
        """
        for field, layer in zip(self.text_fields(), ("source_vectors", "target_vectors"), strict=False):
            values, found = matrix(vectors[field], self.vocabularies[field].words)
            found[: len(SPECIAL_WORDS)] = False
            scale = float(values[found].std()) if found.any() else 0.1
            draws = np.random.default_rng(seed).normal(0, scale, (int((~found).sum()), values.shape[1]))
            values[~found] = draws.astype("float32")
            values[PADDING_ID] = 0
            model.get_layer(layer).set_vectors(values)

    def predict(
        self, model: Any, examples: Iterable[Example], decoding: DecodingConfig | None = None, batch_size: int = 64
    ) -> Iterator[dict]:
        """Predicts examples, streaming, in their order.

        Yields:
            A prediction row with the example's id; `truncated_tokens` where the text was cut.
        """
        predict_batch = self.predictor(model, decoding or self.config.decoding)
        remaining = iter(examples)
        while chunk := list(islice(remaining, PREDICTION_CHUNK)):
            sources: list[Encoded] = [(self.source(example),) for example in chunk]
            for example, row in zip(chunk, in_batches_by_length(sources, batch_size, predict_batch), strict=True):
                cut = len(example.tokens) - (self.config.model.maximum_tokens or len(example.tokens))
                yield {"id": example.id, **row, **({"truncated_tokens": cut} if cut > 0 else {})}

    def save(self, folder: Path) -> None:
        """Writes vocabularies and labels into a run folder."""
        for field, vocabulary in self.vocabularies.items():
            vocabulary.save(folder / f"vocabulary_{field}.json")
        write_json(folder / "labels.json", self.labels)

    @classmethod
    def load(cls, folder: Path, config: TaskConfig, cell: CellConfig, language: str = "") -> "Task":
        """Reads what `save` wrote."""
        vocabularies = {field: Vocabulary.load(folder / f"vocabulary_{field}.json") for field in cls.text_fields()}
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        return cls(config, cell, vocabularies, labels, language)
