"""A trained classifier or tagger in stock Keras layers and TensorFlow's operations, to be saved for TensorFlow alone.

Keras hands masks along beside its tensors; a SavedModel has none. So the lengths of the texts are an input.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from pipelines.exporting.coverage import refusal
from pipelines.exporting.stock_cells import Stack, variable
from pipelines.models.config import EncoderConfig
from pipelines.tasks.classification import Classification
from pipelines.tasks.ner import OUTSIDE
from pipelines.tasks.sequence_labelling import SequenceLabelling
from pipelines.tasks.task import Task

LOWEST = -6e4  # the score of padding, as the layers of Keras have it
FORBIDDEN = -1e4  # and that of what may not follow


def stock_model(task: Task, model: Any) -> "StockClassifier | StockTagger":
    """A module of a task's trained Keras model; its `signature` is what it is called with.

    Raises:
        ValueError: it cannot hold it, see `refusal`.
    """
    if isinstance(task, Classification):
        return StockClassifier(task, model)
    if isinstance(task, SequenceLabelling):
        return StockTagger(task, model)
    raise ValueError(refusal(task))


class Words(tf.Module):
    """Word vectors, and features of words from their characters and shapes."""

    def __init__(self, model: Any, cell: EncoderConfig) -> None:
        super().__init__()
        layers = {layer.name: layer for layer in model.layers}
        self.vectors = _embedding(np.concatenate(layers["source_vectors"].get_weights()))
        self.shapes = _embedding(layers["word_shapes"].get_weights()[0]) if "word_shapes" in layers else None
        self.characters = Characters(layers["char_features"], cell) if "char_features" in layers else None

    def __call__(self, token_ids: Any, more: dict[str, Any]) -> Any:
        features = [self.vectors(token_ids)]
        if self.characters:
            features.append(self.characters(more["word_numbers"], more["character_ids"]))
        if self.shapes:
            features.append(self.shapes(more["shape_ids"]))
        return tf.concat(features, -1)


class Characters(tf.Module):
    """Features of words from their characters: a convolution's largest values, or a recurrent layer's last states."""

    def __init__(self, layer: Any, cell: EncoderConfig) -> None:
        super().__init__()
        self.vectors, self.stack = _embedding(layer.vectors.get_weights()[0]), None
        if layer.recurrent:
            self.stack = Stack([layer.encoder], cell.cell, cell.own)
        else:
            kernel, bias = layer.encoder.get_weights()
            self.convolution = keras.layers.Conv1D(len(bias), len(kernel), padding="same")
            self.convolution.build((None, None, kernel.shape[1]))
            self.convolution.set_weights([kernel, bias])

    def __call__(self, word_numbers: Any, character_ids: Any) -> Any:
        real = character_ids != 0
        vectors = self.vectors(character_ids)
        if self.stack:
            _, features = self.stack(vectors, tf.reduce_sum(tf.cast(real, tf.int32), axis=1))
        else:
            found = self.convolution(tf.where(real[:, :, None], vectors, 0.0))
            features = tf.reduce_max(tf.where(real[:, :, None], found, -np.inf), axis=1)
        return tf.gather(features, tf.maximum(word_numbers - 1, 0))


class StockClassifier(tf.Module):
    """A classifier of texts, or of columns of images."""

    def __init__(self, task: Classification, model: Any) -> None:
        super().__init__()
        keys: Any = task.config.model
        self.words = Words(model, task.cell) if task.reads == "tokens" else None
        self.stack = Stack(_encoder(model), task.cell.cell, task.cell.own)
        self.pooling, self.logits = keys.pooling, _dense(model.get_layer("logits"))
        if keys.pooling == "attention":
            kernel, bias, query = model.get_layer("attention_pooling").get_weights()
            self.kernel, self.bias, self.query = variable(kernel), variable(bias), variable(query)
        self.temperature = task.calibration["temperature"]
        self.thresholds = None
        if task.predicts == "labels":
            self.thresholds = [task.calibration["thresholds"].get(label, 0.5) for label in task.labels]
        self.most, self.truncation = getattr(keys, "maximum_tokens", None), getattr(keys, "truncation", None) or "head"
        height = model.inputs[0].shape[-1]
        self.signature = (
            [tf.TensorSpec([None, None, height], tf.float32, "columns")]
            if self.words is None
            else [tf.TensorSpec([None, None], tf.int32, "token_ids"), tf.TensorSpec([None], tf.int32, "lengths")]
        )

    def __call__(self, inputs: Any, lengths: Any = None) -> dict[str, Any]:
        """Logits and hidden states of texts or images, float32; probabilities, and which labels are chosen."""
        if self.words is None:
            lengths = tf.fill([tf.shape(inputs)[0]], tf.shape(inputs)[1])
        else:
            inputs, lengths = self._cut(inputs, lengths)
            inputs = self.words(inputs, {})
        outputs, hidden = self.stack(inputs, lengths)
        logits = self.logits(hidden if self.pooling == "last" else self._pooled(outputs, lengths))
        scores = tf.cast(logits, tf.float64) / self.temperature
        found = {"outputs": logits, "hidden_states": hidden}
        if self.thresholds is None:
            return {**found, "probabilities": tf.nn.softmax(scores)}
        shares = tf.sigmoid(scores)
        return {**found, "probabilities": shares, "labels": shares >= self.thresholds}

    def _cut(self, token_ids: Any, lengths: Any) -> tuple[Any, Any]:
        """Of texts that are too long their first tokens, their last ones, or half of each."""
        if self.most is None:
            return token_ids, lengths
        head = {"head": self.most, "tail": 0, "head_tail": self.most // 2}[self.truncation]
        places = tf.range(tf.minimum(tf.shape(token_ids)[1], self.most))[None]
        left_out = tf.maximum(lengths - self.most, 0)[:, None]
        cut = tf.gather(token_ids, tf.where(places < head, places, places + left_out), batch_dims=1)
        return cut, tf.minimum(lengths, self.most)

    def _pooled(self, outputs: Any, lengths: Any) -> Any:
        real = tf.sequence_mask(lengths, tf.shape(outputs)[1])[:, :, None]
        if self.pooling == "max":
            return tf.reduce_max(tf.where(real, outputs, -np.inf), axis=1)
        if self.pooling == "mean":
            return tf.reduce_sum(tf.where(real, outputs, 0.0), axis=1) / tf.cast(lengths, tf.float32)[:, None]
        scores = tf.tanh(outputs @ self.kernel + self.bias) @ self.query
        return tf.reduce_sum(tf.where(real, outputs, 0.0) * tf.nn.softmax(tf.where(real, scores, LOWEST), 1), axis=1)


class StockTagger(tf.Module):
    """A tagger of tokens: logits or a CRF's potentials, and the best sequence of tags."""

    def __init__(self, task: SequenceLabelling, model: Any) -> None:
        super().__init__()
        self.words = Words(model, task.cell)
        self.stack = Stack(_encoder(model), task.cell.cell, task.cell.own)
        self.logits, self.crf = _dense(model.get_layer("logits")), task.config.model.output == "crf"
        self.allowed = np.array(task.transitions())
        if self.crf:
            layer = model.get_layer("crf")
            self.transitions = variable(np.where(layer.allowed, layer.get_weights()[0], np.float32(FORBIDDEN)))
        penalty = task.calibration.get("outside_penalty", 0.0)
        self.penalties = np.array([penalty if label == OUTSIDE else 0.0 for label in task.labels])
        batch = [None, None]
        self.signature = [tf.TensorSpec(batch, tf.int32, "token_ids"), tf.TensorSpec([None], tf.int32, "lengths")]
        if self.words.characters:
            self.signature += [tf.TensorSpec(batch, tf.int32, name) for name in ("word_numbers", "character_ids")]
        if self.words.shapes:
            self.signature.append(tf.TensorSpec(batch, tf.int32, "shape_ids"))

    def __call__(self, token_ids: Any, lengths: Any, *more: Any) -> dict[str, Any]:
        """Outputs and hidden states of sentences, float32; tags, int32 (batch, time), -1 at padding."""
        names = [str(each.name) for each in self.signature[2:]]
        outputs, hidden = self.stack(self.words(token_ids, dict(zip(names, more, strict=True))), lengths)
        emissions = self.logits(outputs)
        time = tf.shape(token_ids)[1]
        if self.crf:
            emissions = _potentials(emissions[:, :, None], self.transitions, lengths)
        scores = tf.cast(emissions, tf.float64) - self.penalties
        scores = scores if self.crf else tf.math.log_softmax(scores)[:, :, None]
        forbidden = tf.constant(np.where(self.allowed, 0.0, -np.inf))
        tags = viterbi(_potentials(scores, forbidden, lengths), lengths)
        tags = tf.where(tf.sequence_mask(lengths, time), tags, -1)
        return {"outputs": emissions, "hidden_states": hidden, "tags": tags}


def _potentials(scores: Any, transitions: Any, lengths: Any) -> Any:
    """Scores, (batch, time, 1 or tags, tags), with those of what follows what: (batch, time, tags, tags).

    The last row of the transitions is the beginning, the last column the end.
    """
    steps = tf.range(tf.shape(scores)[1])
    before = tf.where((steps == 0)[:, None, None], transitions[-1, :-1], transitions[:-1, :-1])
    is_last = (steps[None] == lengths[:, None] - 1)[:, :, None, None]
    return scores + before + tf.where(is_last, transitions[:-1, -1], tf.zeros([], transitions.dtype))


def viterbi(potentials: Any, lengths: Any) -> Any:
    """The tags of the highest score, int32 (batch, time); what stands at padding means nothing.

    Args:
        potentials: float64 (batch, time, tags, tags); the first ones do not depend on the tag before.
        lengths: real steps of each sentence, int32 (batch,).
    """
    time, tags = tf.shape(potentials)[1], potentials.shape[-1]
    start = tf.zeros_like(potentials[:, 0, 0])
    same = tf.zeros_like(start, tf.int32) + tf.range(tags)  # at padding the tag before is the tag itself

    def forward(before: Any, at_step: Any) -> Any:
        of_step, is_real = at_step
        candidates = before[0][:, :, None] + of_step
        best = tf.argmax(candidates, axis=1, output_type=tf.int32)
        scores = tf.where(is_real[:, None], tf.reduce_max(candidates, axis=1), before[0])
        return scores, tf.where(is_real[:, None], best, same)

    steps = (tf.transpose(potentials, [1, 0, 2, 3]), tf.transpose(tf.sequence_mask(lengths, time)))
    scores, behind = tf.scan(forward, steps, (start, same))
    last = tf.argmax(scores[-1], axis=-1, output_type=tf.int32)
    before = tf.scan(lambda tag, best: tf.gather(best, tag, batch_dims=1), behind, last, reverse=True)
    return tf.transpose(tf.concat([before[1:], last[None]], 0))


def _embedding(table: np.ndarray) -> Any:
    layer = keras.layers.Embedding(*table.shape)
    layer.build((None, None))
    layer.set_weights([table])
    return layer


def _dense(trained: Any) -> Any:
    kernel, bias = trained.get_weights()
    layer = keras.layers.Dense(len(bias))
    layer.build((None, len(kernel)))
    layer.set_weights([kernel, bias])
    return layer


def _encoder(model: Any) -> Sequence[Any]:
    """The recurrent layers of a model, the first one first."""
    return [layer for layer in model.layers if layer.name.removeprefix("encoder_").isdecimal()]
