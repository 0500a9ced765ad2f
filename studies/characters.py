"""A language model of characters in small: what it learns from, a step of training, and its loss on held-out text."""

from pathlib import Path
from typing import Any

import numpy as np

from pipelines.data.examples import read_examples


def corpus(characters: Path, train: int, test: int) -> tuple[np.ndarray, np.ndarray, int]:
    """The first characters of train and the last ones of dev as ids, int32, and how many kinds of them there are.

    Args:
        characters: folder of a prepared dataset of one long text.
        train: how many characters of train.
        test: how many of dev.
    """
    (text,), (held_out,) = (list(read_examples(characters / f"{split}.jsonl")) for split in ("train", "dev"))
    known = text.tokens[:train]
    ids = {character: number for number, character in enumerate(sorted(set(known)), start=1)}
    of_test = [ids.get(character, 0) for character in held_out.tokens[-test:]]
    return np.array([ids[character] for character in known], "int32"), np.array(of_test, "int32"), len(ids) + 1


def laid_out(text: np.ndarray, rows: int, chunk: int) -> list[Any]:
    """A text in rows, chunk by chunk: int32 (rows, chunk + 1) each, whose first characters end the chunk before."""
    import tensorflow

    chunks = (len(text) // rows - 1) // chunk
    in_rows = text[: rows * (chunks * chunk + 1)].reshape(rows, -1)
    return [tensorflow.constant(in_rows[:, begin : begin + chunk + 1]) for begin in range(0, chunks * chunk, chunk)]


class Model:
    """A recurrent layer between vectors of characters and a softmax, trained by Adam, gradients clipped at a norm of 1.

    Args:
        layer: of which sequences and last states are returned.
        kinds: of characters.
        seed: of the initial weights beside the layer's.
        rate: of learning.
    """

    def __init__(self, layer: Any, kinds: int, seed: int, rate: float = 0.01) -> None:
        import keras
        import tensorflow

        self.layer = layer
        uniform = keras.initializers.RandomUniform(-0.5, 0.5, seed=seed)
        self.vectors = keras.layers.Embedding(kinds, 32, embeddings_initializer=uniform)
        self.scores = keras.layers.Dense(kinds, kernel_initializer=keras.initializers.GlorotUniform(seed=seed))
        self.optimizer = keras.optimizers.Adam(rate, global_clipnorm=1.0)
        self.loss(tensorflow.zeros((1, 2), "int32"), self.start(1), False)
        self.weights = [weight for each in (self.vectors, layer, self.scores) for weight in each.trainable_variables]
        self.optimizer.build(self.weights)
        self.learn = tensorflow.function(self._learn, reduce_retracing=True)
        self.read = tensorflow.function(lambda ids, states: self.loss(ids, states, False), reduce_retracing=True)

    def start(self, rows: int) -> list[Any]:
        """States of zero."""
        return list(self.layer.get_initial_state(rows))

    def loss(self, ids: Any, states: list[Any], training: bool) -> tuple[Any, list[Any]]:
        """The mean of -log p of all characters but the first, in nats, and the last states."""
        import tensorflow

        outputs, *states = self.layer(self.vectors(ids[:, :-1]), initial_state=states, training=training)
        nats = tensorflow.nn.sparse_softmax_cross_entropy_with_logits(ids[:, 1:], self.scores(outputs))
        return tensorflow.reduce_mean(nats), states

    def _learn(self, ids: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        import tensorflow

        with tensorflow.GradientTape() as tape:
            loss, states = self.loss(ids, states, True)
        gradients = tape.gradient(loss, [weight.value for weight in self.weights])
        self.optimizer.apply(gradients, self.weights)
        return loss, states

    def train(self, text: np.ndarray, rows: int, chunk: int, steps: int, carried: bool) -> None:
        """Trains on a text laid out in rows, chunk by chunk, over and over; states are carried on or reset."""
        chunks, states = laid_out(text, rows, chunk), self.start(rows)
        for step in range(steps):
            if step % len(chunks) == 0 or not carried:
                states = self.start(rows)
            _, states = self.learn(chunks[step % len(chunks)], states)

    def nats(self, text: np.ndarray, rows: int, chunk: int, carried: bool) -> float:
        """The mean loss of a character of a text, laid out and read in the same way, once."""
        states, losses = self.start(rows), []
        for ids in laid_out(text, rows, chunk):
            loss, after = self.read(ids, states)
            states = after if carried else states
            losses.append(float(loss))
        return float(np.mean(losses))
