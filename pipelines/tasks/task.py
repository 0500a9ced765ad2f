"""The contract of a task."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.foundation.subwords import Subwords
from pipelines.batches.batching import Encoded, TrainingBatches, pad, streamed
from pipelines.batches.encoded_file import encoded_file
from pipelines.data.computed import Computed
from pipelines.data.examples import Example
from pipelines.models.config import EncoderConfig
from pipelines.models.engine import Engine
from pipelines.models.probabilities import Averages
from pipelines.tasks.config import Keys, TaskConfig, TextLabelTraining, TextTraining, TrainingConfig, WordKeys
from pipelines.text.tokenization import PLAIN, Detokenizer
from pipelines.text.vocabulary import SPECIAL_WORDS, UNKNOWN_ID, Vocabulary, build_vocabulary

LANGUAGE_MODEL_VOCAB_SIZE = 7500  # as in Rei's paper


class Task(ABC):
    """What a task adds to the stages: its keys, vocabularies, model, batches and predictions.

    `capabilities.py` lists what only some tasks can do.

    Args:
        config: the task's configuration.
        cell: the recurrent encoder's.
        vocabularies: `tokens`, `target_tokens` where the task writes words, and what else the task reads.
        labels: the labels or tags, sorted; a class's number is its index.
        detokenize: puts the tokens of a text together, where the task writes one.
        calibration: what `calibrate` has chosen, by name.
        subwords: of the word vectors, where they have any.
    """

    Model: ClassVar[type]  # the dataclass of its keys under `model`
    Training: ClassVar[type[TrainingConfig]] = TextTraining  # and under `training`
    SMALL: ClassVar[tuple[Mapping[str, Any], ...]]  # small configurations to test it with, in a file's form
    METRICS: ClassVar[tuple[str, ...]]  # modules of pipelines/evaluation/families that can score it
    reads: ClassVar[Literal["tokens", "features"]] = "tokens"  # the field of an example that the model reads
    predicts: ClassVar[Literal["label", "labels", "tags", "tokens", "target_tokens"]]  # and the one that it predicts
    composes: ClassVar[bool] = False  # whether words of no vocabulary are read by the vectors of their n-grams
    dev_decoding: ClassVar[Any] = None  # how dev is decoded while training, if a task decodes
    UNCALIBRATED: ClassVar[Mapping[str, Any]] = {}  # what `calibrate` changes

    def __init__(
        self,
        config: TaskConfig,
        cell: EncoderConfig,
        vocabularies: dict[str, Vocabulary],
        labels: Sequence[str] = (),
        detokenize: Detokenizer = PLAIN,
        calibration: Mapping[str, Any] | None = None,
        subwords: Subwords | None = None,
    ) -> None:
        self.config = config
        self.cell = cell
        self.vocabularies = vocabularies
        self.labels = tuple(labels)
        self.label_ids = {label: number for number, label in enumerate(self.labels)}
        self.detokenize = detokenize
        self.subwords = subwords if self.composes else None
        self.calibration = {**self.UNCALIBRATED, **(calibration or {})}

    @classmethod
    def decoding_of(cls, values: Keys | None, where: str) -> Any:
        """Builds the task's own keys under `decoding`: of most tasks none."""
        if values is not None:
            raise InputError(f"{where}: the task decodes nothing; remove it")
        return None

    @classmethod
    def check(cls, config: TaskConfig, cell: EncoderConfig) -> None:
        """Refuses keys that do not fit together, metrics that cannot score the task, or a cell that it cannot use.

        Raises:
            InputError: they do not.
        """
        if config.metrics not in cls.METRICS:
            raise InputError(f"metrics: expected {' or '.join(cls.METRICS)}, got {config.metrics!r}")
        frozen = isinstance(config.model, WordKeys) and config.model.word_vectors == "frozen"
        if frozen and config.training.frozen_epochs:
            raise InputError("training.frozen_epochs needs word_vectors: fine_tuned; remove it")

    @classmethod
    def from_counts(
        cls,
        config: TaskConfig,
        cell: EncoderConfig,
        counts: Mapping[str, Mapping[str, int]],
        vectors: Mapping[str, Any],
        detokenize: Detokenizer = PLAIN,
    ) -> "Task":
        """Makes vocabularies and labels from the counts of train and the vectors' words.

        Args:
            config: the task's configuration.
            cell: the recurrent encoder's.
            counts: of words, labels and tags in train, as prepare writes them.
            vectors: word vectors (`store.WordVectors`) of the fields `tokens` and `target_tokens`.
            detokenize: puts target tokens together.
        """
        vocabularies = cls.vocabularies_of(config, counts, vectors)
        subwords = getattr(vectors.get("tokens"), "subwords", None)
        return cls(config, cell, vocabularies, cls.labels_of(config, counts), detokenize, subwords=subwords)

    @classmethod
    def vocabularies_of(
        cls, config: TaskConfig, counts: Mapping[str, Mapping[str, int]], vectors: Mapping[str, Any]
    ) -> dict[str, Vocabulary]:
        """The vocabularies by name; arguments are those of `from_counts`."""
        return {
            field: build_vocabulary(
                counts[field],
                # A generator writes words of train, so no word of the vectors alone.
                [] if field == cls.predicts else vectors[field].index_to_key,
                fine_tuned=field == cls.predicts or config.model.word_vectors == "fine_tuned",
                minimum_count=config.model.minimum_count,
            )
            for field in cls.text_fields()
        }

    @classmethod
    def labels_of(cls, config: TaskConfig, counts: Mapping[str, Mapping[str, int]]) -> Sequence[str]:
        """The labels or tags that the model learns, sorted, where it learns any."""
        return ()

    @classmethod
    def text_fields(cls) -> tuple[str, ...]:
        """The fields of an example whose words have vectors."""
        source = ("tokens",) if cls.reads == "tokens" else ()
        return (*source, cls.predicts) if cls.predicts == "target_tokens" else source

    @classmethod
    def labels_texts(cls) -> bool:
        """Whether it gives a text a label, labels or tags, so that a model can learn from another one's predictions."""
        return cls.reads == "tokens" and cls.predicts in ("label", "labels", "tags")

    @abstractmethod
    def build_model(self, dimensions: Mapping[str, int], seed: int) -> Any:
        """An untrained model for word vectors, or `features` of a step, of the given widths."""

    @abstractmethod
    def graphs(self, model: Any) -> dict[str, Any]:
        """The ONNX graphs of a trained model (`pipelines.graphs.graph.Graph`), by the names of their files."""

    @property
    def averages(self) -> Averages:
        """What the model's scores are, and so how an ensemble averages them."""
        return "choices"

    @abstractmethod
    def scores(self, engine: Engine, examples: Sequence[Example]) -> list[np.ndarray]:
        """What engines are compared by: of each of a batch of examples the scores at its real positions.

        Returns:
            Logits, float (positions, choices), or a CRF's potentials, float (positions, tags, tags).
        """

    @abstractmethod
    def target(self, example: Example) -> Any:
        """The ids of what is predicted."""

    @abstractmethod
    def collate(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        """Inputs, targets and weights of a training batch; a weight is 0 at padding."""

    @abstractmethod
    def predictor(self, engine: Engine, decoding: Any) -> Callable[[list[Encoded]], Sequence[dict]]:
        """A function that predicts a batch of sources, giving a row without its id for each."""

    @abstractmethod
    def empty_row(self, decoding: Any = None) -> dict[str, Any]:
        """The row, without its id, of a text without tokens, which no model reads; arguments are those of `predict`."""

    def source(self, example: Example) -> Encoded:
        """What the model reads of an example: ids of tokens, and words themselves where they are to be composed."""
        vocabulary = self.vocabularies["tokens"]
        ids: list[Any] = vocabulary.ids(example.tokens)
        for place, token in enumerate(example.tokens if self.subwords else ()):
            if ids[place] == UNKNOWN_ID and token not in SPECIAL_WORDS:
                ids[place] = token
        return Encoded(ids)

    def encode(self, example: Example) -> Encoded:
        """What the model reads of an example, and what it learns."""
        return self.source(example)._replace(target=self.target(example))

    @property
    def reads_ids_alone(self) -> bool:
        """Whether a training batch is made of ids, without words or features."""
        return self.reads == "tokens" and self.subwords is None

    def encoded(self, examples: Sequence[Example], folder: Path) -> Sequence[Encoded]:
        """The training set as `encode` gives it, in temporary files of a folder, or else encoded when it is read.

        So its size is not bounded by memory.
        """
        if self.reads_ids_alone:
            return encoded_file(map(self.encode, examples), folder)
        return Computed(len(examples), lambda place: self.encode(examples[place]))

    def inputs(self, batch: Sequence[Encoded]) -> Any:
        """What the model's encoder reads of a batch: int32 (batch, time) ids, or float32 (batch, time, width)."""
        sources = [example.source for example in batch]
        return self.padded(sources) if self.reads == "tokens" else np.stack(sources)

    def padded(self, rows: Sequence[Sequence[Any]]) -> Any:
        """Rows of ids at the end padded, int32 (batch, time); where words are composed, also their vectors.

        Words among the ids get ids beyond the vocabulary, the numbers of rows of float32 (words, dimensions), of which
        there is always one.
        """
        if self.subwords is None:
            return pad(rows)
        words = list(dict.fromkeys(item for row in rows for item in row if isinstance(item, str)))
        first = len(self.vocabularies["tokens"])
        numbers = {word: number for number, word in enumerate(words, start=first)}
        ids = [[numbers[item] if isinstance(item, str) else item for item in row] for row in rows]
        return pad(ids), self.subwords.matrix(words or [""])

    def batches(self, encoded: Sequence[Encoded], batch_size: int, seed: int) -> Any:
        """Training batches with `epoch()` and `len()`, of what `encode` gave."""
        return TrainingBatches(encoded, self.collate, batch_size, seed)

    def loss(self, train: Sequence[Encoded] = ()) -> Any:
        """Cross-entropy, averaged over the real targets of a batch.

        Args:
            train: what `encode` gave of train, for weights that follow from it.
        """
        import keras

        return keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")

    def training_model(self, model: Any, train: Sequence[Encoded], seed: int) -> Any:
        """What learns: the model, or one of its layers and others that has a second objective.

        Args:
            model: from `build_model`.
            train: what `encode` gave of train.
            seed: of the initial weights of other layers.
        """
        training = self.config.training
        if not isinstance(training, TextLabelTraining) or not training.language_model_weight:
            return model
        from pipelines.models.language_model_objective import with_language_model

        size = training.language_model_vocab_size or LANGUAGE_MODEL_VOCAB_SIZE
        return with_language_model(model, train, training.language_model_weight, size, self.cell.bidirectional, seed)

    def callbacks(self) -> list[Any]:
        """Keras callbacks of the task's own training."""
        return []

    def dev_losses(self, engine: Engine, dev: Sequence[Example]) -> dict[str, float]:
        """Losses on dev for the learning curves; none if a metric has the same information."""
        return {}

    def calibrate(self, engine: Engine, dev: Sequence[Example]) -> None:
        """Fits `calibration` of a trained model on dev."""
        return

    def predict(
        self, engine: Engine, examples: Iterable[Example], decoding: Any = None, batch_size: int = 64
    ) -> Iterator[dict]:
        """Predicts examples, streaming, in their order.

        Args:
            engine: of the task's model.
            examples: what to predict.
            decoding: instead of the task's own.
            batch_size: the most examples that are predicted at once.

        Yields:
            A prediction row with the example's id; `truncated_tokens` where the text was cut.
        """
        predict_batch = self.predictor(engine, self.config.decoding if decoding is None else decoding)
        for example, encoded, row in streamed(examples, self.source, batch_size, predict_batch, engine.batches_at_once):
            cut = len(example.tokens) - len(encoded.source)
            yield {"id": example.id, **row, **({"truncated_tokens": cut} if cut > 0 else {})}
