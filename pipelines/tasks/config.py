"""The configuration of a task: the keys that every task has, and those that tasks share.

A task's own keys of `model`, `training` and `decoding` are dataclasses next to the task.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, TypeVar

from embeddings.foundation import plugins
from embeddings.foundation.config import build_config, check_above_zero, check_share, read_yaml
from embeddings.foundation.errors import InputError
from pipelines.batches.augmentation import lowercase_augmentation, shift_augmentation
from pipelines.data.examples import Example

M = TypeVar("M")
T = TypeVar("T")
D = TypeVar("D")
Keys = dict[str, Any]


@dataclass(frozen=True)
class TaskConfig(Generic[M, T, D]):
    """A task: its module, its metric and baselines, and its own keys."""

    task: str  # module of pipelines/tasks
    metrics: str  # module of pipelines/evaluation/families
    monitor: str  # the dev metric that decides; the leaderboard's main column
    baselines: tuple[str, ...]  # modules of pipelines/baselines
    model: M
    training: T
    decoding: D


@dataclass(frozen=True)
class TaskFile(TaskConfig[Keys, Keys, Keys | None]):
    """A task's configuration as its file holds it, before the task has read its own keys."""

    decoding: Keys | None = None


@dataclass(frozen=True)
class TrainingConfig:
    """How a model is trained."""

    optimizer: str  # a name that keras.optimizers.get knows
    learning_rate: float
    batch_size: int
    epochs: int
    patience: int  # epochs without a better dev metric before training stops
    device: Literal["auto", "cpu", "gpu"] = "auto"
    schedule: Literal["constant", "cosine"] = "constant"  # of the learning rate; cosine: to zero after the last epoch
    start_from_epoch: int = 0  # epochs that are passed before one may be the best
    averaging: float = 0.0  # momentum of the moving average of weights that is evaluated and kept; 0: the weights are
    loggers: tuple[Literal["csv", "mlflow", "tensorboard"], ...] = ()  # that follow the training; extra `loggers`
    workers: int = 1  # processes that share out each batch, on one machine or a Ray cluster; extra `cluster`

    def __post_init__(self) -> None:
        for name in ("batch_size", "epochs", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} of at least 1, got {getattr(self, name)}")
        if self.learning_rate < 0:
            raise ValueError(f"expected a learning_rate of at least 0, got {self.learning_rate}")
        if not 1 <= self.workers <= self.batch_size:
            raise ValueError(f"expected workers from 1 to batch_size, {self.batch_size}, got {self.workers}")
        self.check_epochs("start_from_epoch")
        check_share("averaging", self.averaging)

    def augment(self, examples: Sequence[Example], seed: int) -> Sequence[Example]:
        """The examples of train, and augmented ones."""
        return examples

    def check_epochs(self, name: str) -> None:
        """Raises a ValueError if a number of first epochs leaves no others."""
        if not 0 <= getattr(self, name) < self.epochs:
            raise ValueError(f"expected {name} from 0 to below epochs, got {getattr(self, name)}")


@dataclass(frozen=True)
class WordVectorTraining(TrainingConfig):
    """How a model with word vectors is trained."""

    frozen_epochs: int = 0  # first epochs in which fine-tuned word vectors stay as they are

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_epochs("frozen_epochs")
        if self.averaging and self.frozen_epochs:
            raise ValueError("averaging starts at the first step and excludes frozen_epochs; remove one of them")


@dataclass(frozen=True)
class TextTraining(WordVectorTraining):
    """How a model that reads words is trained."""

    RENAMED: ClassVar[Mapping[str, str]] = {"lower_cased": "lowercase_augmentation"}

    lowercase_augmentation: float = 0.0  # share of the examples that are also read in lower case

    def __post_init__(self) -> None:
        super().__post_init__()
        check_share("lowercase_augmentation", self.lowercase_augmentation)

    def augment(self, examples: Sequence[Example], seed: int) -> Sequence[Example]:
        return lowercase_augmentation(super().augment(examples, seed), self.lowercase_augmentation, seed)


@dataclass(frozen=True)
class ImageTraining(TrainingConfig):
    """How a model that reads images is trained."""

    RENAMED: ClassVar[Mapping[str, str]] = {"shifted": "shift_augmentation"}

    shift_augmentation: bool = False  # whether images are also read shifted by a pixel to each side

    def augment(self, examples: Sequence[Example], seed: int) -> Sequence[Example]:
        examples = super().augment(examples, seed)
        return shift_augmentation(examples) if self.shift_augmentation else examples


@dataclass(frozen=True)
class LabelTraining(TrainingConfig):
    """How a model that chooses among labels or tags is trained where some of them are rare."""

    class_weights: Literal["balanced"] | dict[str, float] | None = None  # of the loss; by label, of the others 1
    focal_gamma: float = 0.0  # the loss of a decision of probability p is multiplied by (1 - p) to this power

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.class_weights, dict):
            for label, weight in self.class_weights.items():
                check_above_zero(f"class_weights of {label!r}", weight)
        if self.focal_gamma < 0:
            raise ValueError(f"expected a focal_gamma of at least 0, got {self.focal_gamma}")


@dataclass(frozen=True)
class TextLabelTraining(TextTraining, LabelTraining):
    """How a classifier or tagger of texts is trained."""

    language_model_weight: float = 0.0  # of the loss of predicting next and previous words as well; 0: it is not done
    language_model_vocab_size: int | None = None  # most frequent words that are predicted: 7,500, if none is given

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.language_model_weight < 0:
            raise ValueError(f"expected a language_model_weight of at least 0, got {self.language_model_weight}")
        if self.language_model_vocab_size is not None:
            if self.language_model_vocab_size < 1:
                raise ValueError(
                    f"expected language_model_vocab_size of at least 1, got {self.language_model_vocab_size}"
                )
            if not self.language_model_weight:
                raise ValueError("language_model_vocab_size needs language_model_weight; give that as well")


@dataclass(frozen=True)
class ImageLabelTraining(ImageTraining, LabelTraining):
    """How a classifier of images is trained."""


# Enough for every task to memorise ten sentences.
SMALL_TRAINING = {"optimizer": "adam", "learning_rate": 0.02, "batch_size": 4, "epochs": 60, "patience": 12}


@dataclass(frozen=True)
class WordKeys:
    """The keys of `model` of tasks that read words."""

    word_vectors: Literal["frozen", "fine_tuned"]  # whether the vectors of train's words are trained on
    minimum_count: int = 1  # rarer words of train that have no vector are unknown words


@dataclass(frozen=True)
class WordDropoutKeys(WordKeys):
    """The keys of `model` of classifiers and taggers."""

    word_dropout: float = 0.0  # share of the words that training replaces by the unknown word

    def __post_init__(self) -> None:
        check_share("word_dropout", self.word_dropout)


def load_task(path: str | Path) -> TaskConfig:
    """Reads a task's configuration."""
    return build_task(read_yaml(path), path)


def build_task(values: Mapping[str, Any], where: str | Path) -> TaskConfig:
    """Builds a task's configuration, its own keys by its own dataclasses.

    Raises:
        InputError: there is no such task, or a key is unknown, missing, of another task, or has a wrong value.
    """
    file = build_config(TaskFile, values, where)
    try:
        task = plugins.load("pipelines.tasks", file.task).TASK
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return TaskConfig(
        *(getattr(file, each.name) for each in fields(file) if each.name not in ("model", "training", "decoding")),
        model=build_config(task.Model, file.model, f"{where}: model"),
        training=build_config(task.Training, file.training, f"{where}: training"),
        decoding=task.decoding_of(file.decoding, f"{where}: decoding"),
    )
