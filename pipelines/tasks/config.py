"""The configuration of a task: its model, training and decoding."""

from dataclasses import dataclass, fields
from typing import Literal

from embeddings.foundation.config import check_above_zero, check_share


@dataclass(frozen=True)
class CharacterConfig:
    """How words are read character by character."""

    encoder: Literal["cnn", "recurrent"]  # recurrent: the run's own cell, in both directions
    dimensions: int  # of a character's vector
    units: int  # width of a word's features
    dropout: float = 0.0  # share of the features of character vectors that training leaves out

    def __post_init__(self) -> None:
        if self.dimensions < 1 or self.units < 1:
            raise ValueError(f"expected dimensions and units of at least 1, got {self.dimensions} and {self.units}")
        if self.encoder == "recurrent" and self.units % 2:
            raise ValueError(f"expected an even number of units for two directions, got {self.units}")
        check_share("dropout", self.dropout)


@dataclass(frozen=True)
class ModelConfig:
    """What of the words and states a task's model uses; a key that a task does not read must be left out."""

    word_vectors: Literal["", "frozen", "fine_tuned"] = ""  # needed where words are read
    minimum_count: int = 1  # rarer words of train that have no vector are unknown words
    word_dropout: float | None = None  # share of the words that training replaces by the unknown word
    maximum_tokens: int | None = None  # longer texts are cut, in training and prediction
    truncation: Literal["head", "tail", "head_tail", "windows"] | None = None  # what is read: head, if none is given
    pooling: Literal["last", "max", "mean", "attention"] | None = None  # many-to-one: what of the states is classified
    annotations: Literal["states", "states_and_words"] | None = None  # encoder-decoders: what is attended to
    attention: Literal["multiplicative", "additive", "none"] | None = None  # how: multiplicative, if none is given
    input_feeding: bool | None = None  # encoder-decoders: whether a step reads the attentional output of the one before
    tied_embeddings: bool | None = None  # generators: whether the output layer is the written words' vectors
    label_smoothing: float | None = None  # encoder-decoders: share of a target's probability spread over all words
    scheduled_sampling: float | None = None  # encoder-decoders: share of the decoder's words that are its own, at last
    chunk_tokens: int | None = None  # language models: tokens read at once; states are carried on, gradients end
    output: Literal["softmax", "crf"] | None = None  # taggers: each tag alone (if none is given), or whole sequences
    tag_scheme: Literal["iob2", "iobes"] | None = None  # entities: what is learned; predictions are IOB2
    characters: CharacterConfig | None = None  # taggers: features of words from their characters
    word_shapes: bool | None = None  # taggers: whether a word is upper case, has digits, and so on

    def __post_init__(self) -> None:
        check_share("word_dropout", self.word_dropout or 0.0)
        check_share("label_smoothing", self.label_smoothing or 0.0)
        check_share("scheduled_sampling", self.scheduled_sampling or 0.0)
        for name in ("maximum_tokens", "chunk_tokens"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise ValueError(f"expected {name} of at least 1, got {value}")
        if self.truncation and self.maximum_tokens is None:
            raise ValueError("truncation tells what maximum_tokens keeps; give that as well")


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
    lower_cased: float = 0.0  # share of the examples that are read again in lower case
    shifted: bool = False  # whether images are read again, moved by a pixel to each side
    start_from_epoch: int = 0  # epochs that are passed before one may be the best
    frozen_epochs: int = 0  # first epochs in which fine-tuned word vectors stay as they are
    averaging: float = 0.0  # momentum of the moving average of weights that is evaluated and kept; 0: the weights are
    sample_steps: int | None = None  # language models: steps after which a sample is written, again and again

    def __post_init__(self) -> None:
        check_share("lower_cased", self.lower_cased)
        for name in ("start_from_epoch", "frozen_epochs"):
            if not 0 <= getattr(self, name) < max(self.epochs, 1):
                raise ValueError(f"expected {name} from 0 to below epochs, got {getattr(self, name)}")
        check_share("averaging", self.averaging)
        if self.averaging and self.frozen_epochs:
            raise ValueError(
                "averaging starts with the first step, so it takes no frozen_epochs; leave one of them out"
            )
        for name in ("batch_size", "epochs", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} of at least 1, got {getattr(self, name)}")
        if self.sample_steps is not None and self.sample_steps < 1:
            raise ValueError(f"expected sample_steps of at least 1, got {self.sample_steps}")
        if self.learning_rate < 0:
            raise ValueError(f"expected a learning_rate of at least 0, got {self.learning_rate}")


@dataclass(frozen=True)
class DynamicEvaluationConfig:
    """How a language model goes on learning from the text that it scores."""

    learning_rate: float  # of gradient descent
    segment_tokens: int  # that are scored before they are learned from

    def __post_init__(self) -> None:
        check_above_zero("learning_rate", self.learning_rate)
        if self.segment_tokens < 1:
            raise ValueError(f"expected segment_tokens of at least 1, got {self.segment_tokens}")


@dataclass(frozen=True)
class DecodingConfig:
    """How a trained generator writes or scores: the one part of a task that predict reads and train does not."""

    method: str = "greedy"  # module of pipelines/decoding
    maximum_ratio: float = 2.0  # an output holds at most maximum_ratio * source tokens + maximum_extra tokens
    maximum_extra: int = 10
    beam_size: int | None = None  # beam: hypotheses that are kept of each source
    length_penalty: float | None = None  # beam: 0 ranks by probability, more favours longer outputs
    no_repeat_ngram: int | None = None  # no sequence of so many words is written twice in an output
    copy_unknown: bool | None = None  # whether an unknown word may be written, as the source word attended to most
    n_best: int | None = None  # beam: hypotheses that a prediction holds, with scores; the best alone if not given
    dynamic_evaluation: DynamicEvaluationConfig | None = None  # language models, which read no other key

    def __post_init__(self) -> None:
        if self.dynamic_evaluation and any(
            getattr(self, each.name) != each.default for each in fields(self) if each.name != "dynamic_evaluation"
        ):
            raise ValueError("dynamic_evaluation is of language models, which read no other key; leave the others out")
        if self.maximum_ratio < 0 or self.maximum_extra < 0 or self.maximum_ratio + self.maximum_extra == 0:
            raise ValueError(
                "expected maximum_ratio and maximum_extra of at least 0, one of them above it, "
                f"got {self.maximum_ratio} and {self.maximum_extra}"
            )
        sizes = {"beam_size": self.beam_size, "length_penalty": self.length_penalty}
        for name, value in sizes.items() if self.method == "beam" else ():
            if value is None:
                raise ValueError(f"expected {name}, which the method beam reads")
        for name, value in {**sizes, "n_best": self.n_best}.items() if self.method != "beam" else ():
            if value is not None:
                raise ValueError(f"{name} is not read by the method {self.method}; leave it out")
        if self.beam_size is not None and self.beam_size < 1:
            raise ValueError(f"expected beam_size of at least 1, got {self.beam_size}")
        if self.no_repeat_ngram is not None and self.no_repeat_ngram < 2:
            raise ValueError(f"expected no_repeat_ngram of at least 2, got {self.no_repeat_ngram}")
        if self.n_best is not None and not 1 <= self.n_best <= (self.beam_size or 1):
            raise ValueError(f"expected n_best from 1 to beam_size, got {self.n_best} of {self.beam_size}")


@dataclass(frozen=True)
class TaskConfig:
    """A task: its module, its metric and baselines, its model, training and decoding."""

    task: str  # module of pipelines/tasks
    metrics: str  # module of pipelines/evaluation
    monitor: str  # the dev metric that decides; the leaderboard's main column
    baselines: tuple[str, ...]  # modules of pipelines/baselines
    model: ModelConfig
    training: TrainingConfig
    decoding: DecodingConfig | None = None

    def __post_init__(self) -> None:
        if self.training.frozen_epochs and self.model.word_vectors == "frozen":
            raise ValueError("training.frozen_epochs is of vectors that are fine-tuned after them; leave it out")
