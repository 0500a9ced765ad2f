"""Language modelling as a second objective of a tagger or a text classifier, in training alone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from pipelines.batches.batching import Encoded
from pipelines.models.tracing import trace_once
from pipelines.text.vocabulary import PADDING_ID, UNKNOWN_ID

HIDDEN_UNITS = 50  # between a state and the softmax over words
NAME = "language_model"
OTHER, EDGE = 0, 1  # classes: any other word; the end of what is read, for backward states its start


@keras.saving.register_keras_serializable("elman")
class LanguageModelObjective(keras.layers.Layer):
    """Adds a loss: forward states predict the next word, backward states the previous one.

    weight (E_forward + E_backward), where each E is the mean over a batch's real tokens of -log p(w | h_t) with
    p = softmax(V tanh(U h_t + a) + b). The last forward state predicts the end, the last backward one the start.

    Args:
        words: ids of the words that are classes of their own; all others are one class, as unknown words are.
        weight: of the loss.
        bidirectional: whether the last half of each state is of the backward direction.
        seed: of the initial weights.

    Call arguments:
        outputs: what the model gives.
        states: of its first recurrent layer, float (batch, time, units of its directions).
        token_ids: what it reads, before word dropout, int32 (batch, time).

    Returns:
        `outputs`.

    Reference: Rei, "Semi-supervised Multitask Learning for Sequence Labeling", ACL 2017, section 4.
    """

    def __init__(self, words: Sequence[int], weight: float, bidirectional: bool, seed: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.words = [*words]
        self.weight = weight
        self.bidirectional = bidirectional
        self.seed = seed
        self.supports_masking = True
        self.classes = np.full(max(self.words, default=0) + 1, OTHER, "int32")  # of each id; beyond them, of others
        self.classes[self.words] = np.arange(len(self.words)) + EDGE + 1
        self.hidden, self.logits = [], []
        for number, direction in enumerate(("forward", "backward") if bidirectional else ("forward",)):
            first, second = (keras.initializers.GlorotUniform(seed + 2 * number + layer) for layer in range(2))
            hidden = keras.layers.Dense(HIDDEN_UNITS, "tanh", kernel_initializer=first, name=f"{direction}_hidden")
            size = len(self.words) + EDGE + 1
            logits = keras.layers.Dense(size, kernel_initializer=second, dtype="float32", name=f"{direction}_logits")
            self.hidden.append(hidden)
            self.logits.append(logits)

    def build(self, outputs_shape, states_shape, token_ids_shape) -> None:
        units = states_shape[-1] // len(self.hidden)
        for hidden, logits in zip(self.hidden, self.logits, strict=True):
            hidden.build((None, units))
            logits.build((None, HIDDEN_UNITS))

    def call(self, outputs, states, token_ids):
        real = ops.cast(ops.not_equal(ops.reshape(token_ids, (-1,)), PADDING_ID), "float32")
        by_direction = ops.split(ops.reshape(states, (-1, states.shape[-1])), len(self.hidden), axis=-1)
        losses = 0.0
        for number, words in enumerate(self.targets(token_ids)[: len(self.hidden)]):
            logits = self.logits[number](self.hidden[number](by_direction[number]))
            true = ops.take_along_axis(logits, ops.reshape(words, (-1, 1)), axis=-1)[:, 0]
            losses += ops.logsumexp(logits, axis=-1) - true  # TensorFlow's own cross-entropy takes twice the time
        self.add_loss(self.weight * ops.sum(losses * real) / ops.sum(real))
        return outputs

    def targets(self, token_ids):
        """The classes of next words and of previous ones, int32 (batch, time); those of padding mean nothing."""
        known = ops.where(token_ids < len(self.classes), token_ids, PADDING_ID)
        classes = ops.where(token_ids == PADDING_ID, EDGE, ops.take(self.classes, known, axis=0))
        edge = ops.full_like(classes[:, :1], EDGE)
        return ops.concatenate([classes[:, 1:], edge], 1), ops.concatenate([edge, classes[:, :-1]], 1)

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "words": self.words,
            "weight": self.weight,
            "bidirectional": self.bidirectional,
            "seed": self.seed,
        }


@keras.saving.register_keras_serializable("elman")
class MultitaskModel(keras.Model):
    """A model with a `LanguageModelObjective`, whose loss it keeps: `language_model_loss`, without its weight."""

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, **kwargs) -> None:
        super().__init__(inputs, outputs, name=name, **kwargs)
        self.language_model_loss = keras.metrics.Mean("language_model_loss")  # its weight: the tokens of the batch

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        self.keep(sum(self.losses), keras.tree.flatten(x)[0])
        return super().compute_loss(x, y, y_pred, sample_weight, training)

    def keep(self, added: Any, token_ids: Any) -> None:
        """Keeps the loss of a batch.

        Args:
            added: the loss, with its weight.
            token_ids: the batch, int32 (batch, time).
        """
        tokens = ops.count_nonzero(token_ids)
        self.language_model_loss.update_state(added / self.get_layer(NAME).weight, sample_weight=tokens)


def with_language_model(
    model: Any, train: Iterable[Encoded], weight: float, vocab_size: int, bidirectional: bool, seed: int
) -> MultitaskModel:
    """A model of the same layers to train in the place of a tagger or a text classifier, which learns through it.

    Args:
        model: the tagger or classifier.
        train: what it learns from.
        weight: of the language model's loss.
        vocab_size: how many of the most frequent words of train are classes of their own.
        bidirectional: whether its recurrent layers read in both directions.
        seed: of the initial weights.
    """
    trace_once(model)
    first = model.get_layer("encoder_0").output[0]  # layers after it know the words that it is to predict
    objective = LanguageModelObjective(frequent_words(train, vocab_size), weight, bidirectional, seed + 700, name=NAME)
    return MultitaskModel(model.input, objective(model.output, first, model.inputs[0]), name=f"{model.name}_multitask")


def frequent_words(train: Iterable[Encoded], most: int) -> list[int]:
    """The ids of the most frequent known words of train, of equally frequent ones those with the lowest."""
    counts: Counter[Any] = Counter()
    for example in train:
        counts.update(example.source)
    known = [(-count, int(each)) for each, count in counts.items() if not isinstance(each, str) and each != UNKNOWN_ID]
    return [number for _, number in sorted(known)[:most]]
