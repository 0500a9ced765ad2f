"""One step to the next: a recurrent language model, its state carried from chunk to chunk."""

import keras
from keras import ops

from pipelines.layers import WordEmbedding
from pipelines.models.config import EncoderConfig, build_encoder
from pipelines.models.encoder import dropouts, encode, recurrent_stack
from pipelines.text.vocabulary import Vocabulary


@keras.saving.register_keras_serializable("elman")
class LanguageModel(keras.Model):
    """The probabilities of the next token given all tokens before it.

    p(w_t | w_1 ... w_(t-1)) = softmax(V h_t + b), with h_t the last layer's output on reading w_(t-1). Long texts are
    read in chunks. While training, the states after a chunk are kept in a variable, from which the row may continue in
    the next batch: its value is carried over, its gradient is not.

    Args:
        words: (rows trained, rows frozen, dimensions) of the word vectors.
        cell: the cell as `EncoderConfig.flat` gives it, in one direction.
        seed: of the initial weights and of dropout.
        rows: of a training batch, as many as have states to carry.
        tied_embeddings: whether a word's vector is its row of the output layer as well.

    Call arguments:
        inputs: the tokens before the ones to predict, int32 (batch, time), from states of zero; or these, of `rows`
            rows, and `continues`, int32 (rows, 1): 1 where a row continues the same row of the batch before.

    Returns:
        Logits, float32 (batch, time, rows trained).

    Reference: Mikolov et al., "Recurrent neural network based language model", Interspeech 2010, section 2; state
    carried over, gradients cut: Graves, "Generating Sequences With Recurrent Neural Networks", 2013, section 3;
    tied embeddings: Press & Wolf, "Using the Output Embedding to Improve Language Models", EACL 2017.
    """

    def __init__(
        self, words: list[int], cell: dict, seed: int, rows: int, tied_embeddings: bool = False, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        self.words = list(words)
        self.cell = build_encoder(cell, f"{type(self).__name__}: cell")
        self.seed = seed
        self.rows = rows
        self.tied_embeddings = tied_embeddings
        self.source_vectors = WordEmbedding(*words, name="source_vectors")
        self.encoder = recurrent_stack(self.cell, seed)
        self.encoder_dropout = dropouts(self.cell, seed)
        if tied_embeddings:
            self.projection = keras.layers.Dense(
                words[2], kernel_initializer=keras.initializers.GlorotUniform(seed + 51), name="projection"
            )
        else:
            self.logits = keras.layers.Dense(
                words[0], kernel_initializer=keras.initializers.GlorotUniform(seed + 52), dtype="float32", name="logits"
            )

    def build(self, input_shape=None) -> None:
        if self.built:
            return
        states = keras.tree.flatten([layer.state_size for layer in self.encoder])
        self.carried = [
            self.add_weight((self.rows, width), "zeros", trainable=False, name=f"carried_{number}")
            for number, width in enumerate(states)
        ]
        if self.tied_embeddings:
            self.word_biases = self.add_weight((self.words[0],), "zeros", name="biases")
        self.read(keras.KerasTensor((None, None), "int32"), self.first_states(keras.KerasTensor((None, None))))
        self.built = True

    def call(self, inputs, training=None):
        if not isinstance(inputs, tuple | list):
            return self.read(inputs, self.first_states(inputs), training)[0]
        token_ids, continues = inputs
        before = [ops.where(continues > 0, ops.convert_to_tensor(state), 0.0) for state in self.carried]
        logits, after = self.read(token_ids, before, training)
        for variable, state in zip(self.carried, after, strict=True):
            variable.assign(ops.stop_gradient(state))
        return logits

    def first_states(self, token_ids) -> list:
        """States of zero for each row of a batch."""
        zeros = ops.zeros_like(ops.cast(token_ids[:, :1], "float32"))
        return [zeros + ops.zeros((1, state.shape[1])) for state in self.carried]

    def read(self, token_ids, states, training=None):
        """Logits of the tokens after, and the states after the last one.

        Args:
            token_ids: int32 (batch, time).
            states: of each layer in turn, float (batch, units): `first_states`, or those after the chunk before.
            training: whether dropout is active.
        """
        states = iter(states)
        starts = [[next(states) for _ in keras.tree.flatten(layer.state_size)] for layer in self.encoder]
        vectors, mask = self.source_vectors(token_ids), self.source_vectors.compute_mask(token_ids)
        outputs, after = encode(vectors, self.encoder, self.encoder_dropout, training, starts, mask)
        return self._words(outputs), keras.tree.flatten(after)

    def _words(self, outputs):
        if not self.tied_embeddings:
            return self.logits(outputs)
        vectors = ops.transpose(self.source_vectors.trained_vectors)
        return ops.cast(ops.matmul(self.projection(outputs), vectors) + self.word_biases, "float32")

    def count_params(self) -> int:
        """Without the carried states, which are no parameters."""
        return super().count_params() - sum(state.shape[0] * state.shape[1] for state in self.carried)

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "words": self.words,
            "cell": self.cell.flat(),
            "seed": self.seed,
            "rows": self.rows,
            "tied_embeddings": self.tied_embeddings,
        }


class Reader(keras.Model):
    """A language model with states as inputs and outputs, to score a text chunk by chunk and to generate.

    Call arguments:
        inputs: token ids, int32 (batch, time), and the states before them, each float32 (batch, units).

    Returns:
        Logits, float32 (batch, time, rows trained), and the states after.
    """

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(name="reader")
        self.model = model

    def call(self, inputs):
        token_ids, states = inputs
        widths = [state.shape[1] for state in self.model.carried]
        states = [ops.reshape(state, (-1, width)) for state, width in zip(states, widths, strict=True)]
        return self.model.read(token_ids, states, training=False)


def build_language_model(
    vocabulary: Vocabulary, dimensions: int, tied_embeddings: bool, cell: EncoderConfig, rows: int, seed: int
) -> LanguageModel:
    """A built language model of a vocabulary; it gives probabilities to the trained words."""
    words = [vocabulary.trained_size, len(vocabulary.frozen), dimensions]
    model = LanguageModel(words, cell.flat(), seed, rows, tied_embeddings, name="language_model")
    model.build()
    return model
