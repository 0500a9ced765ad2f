"""Encoder-decoder with attention: one sequence from another."""

from dataclasses import replace
from typing import Any

import keras
from keras import ops

from pipelines.layers import CrossAttention, WordEmbedding
from pipelines.models.config import EncoderConfig, build_encoder
from pipelines.models.encoder import dropouts, encode, recurrent_stack
from pipelines.text.vocabulary import PADDING_ID, Vocabulary


@keras.saving.register_keras_serializable("elman")
class Seq2Seq(keras.Model):
    """A recurrent encoder and a recurrent decoder that attends to it.

    The decoder starts from the encoder's last states, through a dense layer a state. Each of its outputs h_t attends
    to the encoder's outputs, and the attentional output tanh(W [context; h_t]) gives the logits of the next target
    word. Where annotations are `states_and_words`, the source words' vectors are joined to the encoder's outputs, and
    the attentional output is linear, so that attention finds words before the encoder has learned to distinguish them;
    on little data it learns to align in fewer steps.

    Args:
        source: (rows trained, rows frozen, dimensions) of the source words' vectors.
        target: the same of the target words.
        cell: the encoder's cell as `EncoderConfig.flat` gives it; the decoder has the same, in one direction.
        seed: of the initial weights and of dropout.
        annotations: what is attended to, `states` or `states_and_words`.
        attention: `multiplicative`, `additive` or `none`: then the states carried over are all that is translated.
        input_feeding: whether the decoder reads the attentional output of the step before beside each word; its
            steps then run one by one, which is slower.
        tied_embeddings: whether a target word's vector is its row of the output layer as well.
        scheduled_sampling: whether training reads, in the place of some words before, those that the model would have
            written there after the real ones; `sampled_share` is their share.

    Call arguments:
        inputs: source_ids, int32 (batch, source_time), and target_ids, int32 (batch, target_time): the words
            before the ones to predict.

    Returns:
        Logits, float32 (batch, target_time, target rows trained).

    Reference: Luong et al., "Effective Approaches to Attention-based Neural Machine Translation", EMNLP 2015,
    section 3.1 and, for input feeding, 3.3; tied embeddings: Press & Wolf, "Using the Output Embedding to Improve
    Language Models", EACL 2017.
    """

    def __init__(
        self,
        source: list[int],
        target: list[int],
        cell: dict,
        seed: int,
        annotations: str = "states",
        attention: str = "multiplicative",
        input_feeding: bool = False,
        tied_embeddings: bool = False,
        scheduled_sampling: bool = False,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.sizes = {"source": list(source), "target": list(target)}
        self.cell = build_encoder(cell, f"{type(self).__name__}: cell")
        self.seed = seed
        self.switches = {
            "annotations": annotations,
            "attention": attention,
            "input_feeding": input_feeding,
            "tied_embeddings": tied_embeddings,
            "scheduled_sampling": scheduled_sampling,
        }
        self.add_source_layers(source)
        self.target_vectors = WordEmbedding(*target, name="target_vectors")
        self.add_encoder()
        forward = replace(self.cell, bidirectional=False)
        self.decoder = recurrent_stack(forward, seed + 10, "decoder")
        self.decoder_dropout = dropouts(forward, seed + 10, "decoder")
        states = len(keras.tree.flatten(self.decoder[0].state_size))

        def offset(level: int, state: int) -> int:
            """Of the seed; the third state and those behind it must not share one with the next level."""
            return 20 + 2 * level + state if state < 2 else 1000 + 100 * level + state

        self.bridges = [
            [self._dense(self.cell.units, f"bridge_{level}_{state}", offset(level, state)) for state in range(states)]
            for level in range(self.cell.depth)
        ]
        if attention != "none":
            self.attention = CrossAttention(attention, self.cell.units, seed + 50, name="attention")
        # Word vectors are of a scale that saturates tanh.
        activation = "tanh" if annotations == "states" else None
        self.attentional_units = target[2] if tied_embeddings else self.cell.units
        self.combine = self._dense(self.attentional_units, "attentional", 51, activation)
        if not tied_embeddings:
            self.logits = self._dense(target[0], "logits", 52, activation=None)
        if scheduled_sampling:
            self.sampled_share = self.add_weight(shape=(), initializer="zeros", trainable=False, name="sampled_share")
            self.draws = keras.random.SeedGenerator(seed + 400)

    def add_source_layers(self, source: list[int]) -> None:
        """Adds what reads a source: its words' vectors."""
        self.source_vectors = WordEmbedding(*source, name="source_vectors")

    def add_encoder(self) -> None:
        """Adds the recurrent layers that read the source."""
        self.encoder = recurrent_stack(self.cell, self.seed)
        self.encoder_dropout = dropouts(self.cell, self.seed)

    def placeholder(self) -> Any:
        """A source that has no values yet."""
        return keras.KerasTensor((None, None), "int32")

    def _dense(self, units: int, name: str, offset: int, activation: str | None = "tanh") -> keras.layers.Dense:
        initializer = keras.initializers.GlorotUniform(self.seed + offset)
        return keras.layers.Dense(units, activation=activation, kernel_initializer=initializer, name=name)

    def build(self, input_shape=None) -> None:
        if self.built:
            return
        memory, _ = self.encode(self.placeholder())
        self.target_vectors.build((None, None))
        width = self.sizes["target"][2] + (self.attentional_units if self.switches["input_feeding"] else 0)
        for layer in self.decoder:
            layer.build((None, None, width))
            width = self.cell.units
        if self.switches["tied_embeddings"]:
            self.word_biases = self.add_weight(shape=(self.sizes["target"][0],), initializer="zeros", name="biases")
        self._words(self._attend(keras.KerasTensor((None, None, width)), memory)[0])
        self.built = True

    def call(self, inputs, training=None):
        source_ids, target_ids = inputs
        memory, states = self.encode(source_ids, training)
        if training and self.switches["scheduled_sampling"]:
            target_ids = self._sampled(target_ids, self._logits(target_ids, states, memory, False))
        return self._logits(target_ids, states, memory, training)

    def _logits(self, target_ids, states, memory, training):
        """Logits of the words behind each of the words before."""
        words = self.decoder_dropout[0](self.target_vectors(target_ids), training=training)
        decode = self._decode_steps if self.switches["input_feeding"] else self._decode_layers
        return self._words(decode(words, states, memory, training)[1])

    def _sampled(self, target_ids, logits):
        """The words before, a share of them replaced by the most probable words there; the first one begins the text.

        Reference: Mihaylova & Martins, "Scheduled Sampling for Transformers", ACL 2019 student workshop, section 3:
        two passes, of which the first reads real words alone, instead of a draw at each step.
        """
        written = ops.concatenate([target_ids[:, :1], ops.cast(ops.argmax(logits, axis=-1), "int32")[:, :-1]], axis=1)
        drawn = keras.random.uniform(ops.shape(target_ids), seed=self.draws) < self.sampled_share
        replaced = ops.logical_and(drawn, ops.not_equal(target_ids, PADDING_ID))
        return ops.where(replaced, written, target_ids)

    def _decode_layers(self, words, states, memory, training):
        """The decoder's outputs and the attentional ones, each float (batch, target_time, width), layer by layer."""
        outputs = words
        for layer, start, dropout in zip(self.decoder, states, self.decoder_dropout[1:], strict=True):
            outputs, *_ = layer(outputs, initial_state=start, training=training)
            outputs = dropout(outputs, training=training)
        return outputs, self._attend(outputs, memory)[0]

    def _decode_steps(self, words, states, memory, training):
        """The same, a step at a time."""
        kept = ops.ones_like(words[:, :1, :1]) + ops.zeros((1, 1, self.cell.units))
        kept = [dropout(kept, training=training)[:, 0] for dropout in self.decoder_dropout[1:]]

        def step(states, word):
            states, _ = self._step(word, states, memory, kept)
            return states, states  # on TensorFlow, outputs of a scan must have the structure of its states

        _, (*_, outputs, fed) = ops.scan(step, states, ops.transpose(words, (1, 0, 2)))
        return ops.transpose(outputs, (1, 0, 2)), ops.transpose(fed, (1, 0, 2))

    def encode(self, source_ids, training=None):
        """What the decoder attends to, and its first states."""
        vectors = self.source_vectors(source_ids)
        annotations, last_states = encode(vectors, self.encoder, self.encoder_dropout, training)
        if self.switches["annotations"] == "states_and_words":
            annotations = ops.concatenate([annotations, vectors], axis=-1)
        starts = []
        for states, bridges in zip(last_states, self.bridges, strict=True):
            kinds = len(bridges)  # of each direction's states: hidden, and the LSTM's cell state
            starts.append(
                [bridge(ops.concatenate(states[kind::kinds], axis=-1)) for kind, bridge in enumerate(bridges)]
            )
        if self.switches["input_feeding"]:
            none = ops.zeros_like(annotations[:, 0, :1])
            starts += [none + ops.zeros((1, width)) for width in (self.cell.units, self.attentional_units)]
        if self.switches["attention"] == "none":
            return {}, starts
        if not self.attention.built:
            self.attention.build((None, None, self.cell.units), {"annotations": annotations.shape})
        return self.attention.memory_of(annotations, ops.not_equal(source_ids, PADDING_ID)), starts

    def step(self, token_ids, states, memory):
        """Decodes one word.

        Args:
            token_ids: the words before, int32 (batch,).
            states: from `encode` or from the step before.
            memory: from `encode`.

        Returns:
            Logits, float32 (batch, words), the states after the step, and how much each source word is attended to,
            float (batch, source_time), none where there is no attention.
        """
        vectors = self.target_vectors(token_ids[:, None])[:, 0]
        if self.switches["input_feeding"]:
            states, weights = self._step(vectors, states, memory)
            return self._words(states[-1]), states, weights
        outputs, states = self._recur(vectors, states)
        attentional, weights = self._attend(outputs[:, None], memory)
        return self._words(attentional[:, 0]), states, weights[:, 0]

    def _step(self, vectors, states, memory, kept=None):
        """The states after a step with input feeding, the layers', then its output and its attentional output; and the
        weights of attention."""
        *states, _, fed = states
        outputs, states = self._recur(ops.concatenate([vectors, fed], axis=-1), states, kept)
        attentional, weights = self._attend(outputs[:, None], memory)
        return [*states, outputs, attentional[:, 0]], weights[:, 0]

    def _recur(self, vectors, states, kept=None):
        """The decoder's output, float (batch, units), and its states, by layer; `kept` scales outputs, by layer."""
        outputs, after = vectors, []
        for level, (layer, before) in enumerate(zip(self.decoder, states, strict=True)):
            outputs, layer_states = layer.cell(outputs, before, training=False)
            after.append(list(layer_states))
            outputs = outputs if kept is None else outputs * kept[level]
        return outputs, after

    def _attend(self, outputs, memory):
        """The attentional outputs of the decoder's, float (batch, time, width), and the weights of attention."""
        if self.switches["attention"] == "none":
            return self.combine(outputs), outputs[:, :, :0]
        contexts, weights = self.attention(outputs, memory)
        return self.combine(ops.concatenate([contexts, outputs], axis=-1)), weights

    def _words(self, attentional):
        """Logits, float32, of target words."""
        if not self.switches["tied_embeddings"]:
            return ops.cast(self.logits(attentional), "float32")
        vectors = ops.transpose(self.target_vectors.trained_vectors)
        return ops.cast(ops.matmul(attentional, vectors) + self.word_biases, "float32")

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            **self.sizes,
            "cell": self.cell.flat(),
            "seed": self.seed,
            **self.switches,
        }


class Start(keras.Model):
    """What reads a source: of it, what the decoder attends to and its first states, each float32 (batch, width)."""

    def __init__(self, model: Seq2Seq) -> None:
        super().__init__(name="start")
        self.model = model

    def call(self, source_ids):
        memory, states = self.model.encode(source_ids, training=False)
        return memory, keras.tree.flatten(states)


class Step(keras.Model):
    """A step of the decoder, as `Seq2Seq.step` has it, its states in one list.

    Call arguments:
        inputs: the words before, int32 (batch,), the states and what is attended to, from `Start`.
    """

    def __init__(self, model: Seq2Seq) -> None:
        super().__init__(name="step")
        self.model = model

    def call(self, inputs):
        words, states, memory = inputs
        logits, after, weights = self.model.step(words, self._nested(states), memory)
        return logits, keras.tree.flatten(after), weights

    def _nested(self, states):
        """The states of each layer, and, with input feeding, the two outputs of the step before."""
        units, kinds = self.model.cell.units, len(self.model.bridges[0])
        of_layers = [ops.reshape(state, (-1, units)) for state in states[: kinds * self.model.cell.depth]]
        nested = [of_layers[first : first + kinds] for first in range(0, len(of_layers), kinds)]
        if not self.model.switches["input_feeding"]:
            return nested
        outputs, fed = states[-2:]
        return [*nested, ops.reshape(outputs, (-1, units)), ops.reshape(fed, (-1, self.model.attentional_units))]


def build_seq2seq(
    source: Vocabulary,
    target: Vocabulary,
    source_dimensions: int,
    target_dimensions: int,
    cell: EncoderConfig,
    seed: int,
    **switches: Any,
) -> Seq2Seq:
    """A built encoder-decoder between two vocabularies; it writes the target's trained words.

    Args:
        source: vocabulary of the source.
        target: that of the target.
        source_dimensions: width of the source words' vectors.
        target_dimensions: that of the target's.
        cell: the encoder.
        seed: of the initial weights and of dropout.
        switches: `annotations` to `scheduled_sampling`, as `Seq2Seq` takes them.
    """
    model = Seq2Seq(
        [source.trained_size, len(source.frozen), source_dimensions],
        [target.trained_size, len(target.frozen), target_dimensions],
        cell.flat(),
        seed,
        **switches,
        name="seq2seq",
    )
    model.build()
    return model
