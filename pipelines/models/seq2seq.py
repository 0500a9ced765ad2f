"""Encoder-decoder with attention: one sequence from another."""

from dataclasses import asdict

import keras
from keras import ops

from pipelines.config import CellConfig
from pipelines.data.vocabulary import Vocabulary
from pipelines.layers import WordEmbedding
from pipelines.models.encoder import dropouts, encode, recurrent_stack


@keras.saving.register_keras_serializable("elman")
class Seq2Seq(keras.Model):
    """A recurrent encoder and a recurrent decoder with multiplicative attention.

    The decoder starts from the encoder's last states, through a dense layer a state. Each of its outputs is
    compared with the encoder's outputs (score h_t W h_s, "general"), and the attentional output
    tanh(W [context; h_t]) gives the logits of the next target word. Where annotations are `states_and_words`, the
    source words' vectors stand beside the encoder's outputs, and the attentional output is linear, so that attention
    finds words before the encoder has learned to tell them apart; on little data it learns to align in fewer steps.

    Args:
        source: (rows trained, rows frozen, dimensions) of the source words' vectors.
        target: the same of the target words.
        cell: the encoder's cell as a dictionary of `CellConfig`; the decoder has the same, in one direction.
        seed: of the initial weights and of dropout.
        annotations: what is attended to, `states` or `states_and_words`.

    Call arguments:
        inputs: source_ids, int32 (batch, source_time), and target_ids, int32 (batch, target_time): the words
            before the ones to predict.

    Returns:
        Logits, float32 (batch, target_time, target rows trained).

    Reference: Luong et al., "Effective Approaches to Attention-based Neural Machine Translation", EMNLP 2015,
    section 3.1, without input feeding.
    """

    def __init__(
        self, source: list[int], target: list[int], cell: dict, seed: int, annotations: str = "states", **kwargs
    ) -> None:
        super().__init__(**kwargs)
        self.sizes = {"source": list(source), "target": list(target)}
        self.cell = CellConfig(**cell)
        self.seed = seed
        self.annotations = annotations
        self.source_vectors = WordEmbedding(*source, name="source_vectors")
        self.target_vectors = WordEmbedding(*target, name="target_vectors")
        self.encoder = recurrent_stack(self.cell, seed)
        self.encoder_dropout = dropouts(self.cell, seed)
        forward = CellConfig(**{**asdict(self.cell), "bidirectional": False})
        self.decoder = recurrent_stack(forward, seed + 10, "decoder")
        self.decoder_dropout = dropouts(forward, seed + 10, "decoder")
        states = len(keras.tree.flatten(self.decoder[0].state_size))
        self.bridges = [
            [self._dense(self.cell.units, f"bridge_{level}_{state}", 20 + 2 * level + state) for state in range(states)]
            for level in range(self.cell.depth)
        ]
        width = self.cell.units * (2 if self.cell.bidirectional else 1)
        if annotations == "states_and_words":
            width += source[2]
        self.query = self._dense(width, "attention_query", 50, activation=None)
        self.attention = keras.layers.Attention(name="attention")
        # Word vectors are of a scale that saturates tanh.
        activation = "tanh" if annotations == "states" else None
        self.combine = self._dense(self.cell.units, "attentional", 51, activation)
        self.logits = self._dense(target[0], "logits", 52, activation=None)

    def _dense(self, units: int, name: str, offset: int, activation: str | None = "tanh") -> keras.layers.Dense:
        initializer = keras.initializers.GlorotUniform(self.seed + offset)
        return keras.layers.Dense(units, activation=activation, kernel_initializer=initializer, name=name)

    def build(self, input_shape=None) -> None:
        if not self.built:
            self.call((keras.KerasTensor((None, None), "int32"), keras.KerasTensor((None, None), "int32")))
            self.built = True

    def call(self, inputs, training=None):
        source_ids, target_ids = inputs
        encoded, states = self.encode(source_ids, training)
        outputs = self.decoder_dropout[0](self.target_vectors(target_ids), training=training)
        for layer, start, dropout in zip(self.decoder, states, self.decoder_dropout[1:], strict=True):
            outputs, *_ = layer(outputs, initial_state=start, training=training)
            outputs = dropout(outputs, training=training)
        return self._predict_words(outputs, encoded, source_ids)

    def encode(self, source_ids, training=None):
        """The annotations, float (batch, source_time, width), and the decoder's first states, by layer."""
        vectors = self.source_vectors(source_ids)
        encoded, last_states = encode(vectors, self.encoder, self.encoder_dropout, training)
        if self.annotations == "states_and_words":
            encoded = ops.concatenate([encoded, vectors], axis=-1)
        starts = []
        for states, bridges in zip(last_states, self.bridges, strict=True):
            kinds = len(bridges)  # of each direction's states: hidden, and the LSTM's cell state
            starts.append(
                [bridge(ops.concatenate(states[kind::kinds], axis=-1)) for kind, bridge in enumerate(bridges)]
            )
        return encoded, starts

    def step(self, token_ids, states, encoded, source_ids):
        """Decodes one word.

        Args:
            token_ids: the words before, int32 (batch,).
            states: the decoder's states, by layer.
            encoded: the annotations.
            source_ids: int32 (batch, source_time).

        Returns:
            Logits, float32 (batch, words), and the states after the step.
        """
        outputs = self.target_vectors(token_ids[:, None])[:, 0]
        next_states = []
        for layer, layer_states in zip(self.decoder, states, strict=True):
            outputs, layer_states = layer.cell(outputs, layer_states, training=False)
            next_states.append(list(layer_states))
        return self._predict_words(outputs[:, None], encoded, source_ids)[:, 0], next_states

    def _predict_words(self, outputs, encoded, source_ids):
        mask = ops.not_equal(source_ids, 0)
        context = self.attention([self.query(outputs), encoded], mask=[None, mask])
        attentional = self.combine(ops.concatenate([context, outputs], axis=-1))
        return ops.cast(self.logits(attentional), "float32")

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            **self.sizes,
            "cell": asdict(self.cell),
            "seed": self.seed,
            "annotations": self.annotations,
        }


def build_seq2seq(
    source: Vocabulary,
    target: Vocabulary,
    source_dimensions: int,
    target_dimensions: int,
    cell: CellConfig,
    annotations: str,
    seed: int,
) -> Seq2Seq:
    """A built encoder-decoder between two vocabularies; it writes the target's trained words."""
    model = Seq2Seq(
        [source.trained_size, len(source.frozen), source_dimensions],
        [target.trained_size, len(target.frozen), target_dimensions],
        asdict(cell),
        seed,
        annotations,
        name="seq2seq",
    )
    model.build()
    return model
