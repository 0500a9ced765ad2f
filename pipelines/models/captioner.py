"""One-to-many: a sequence from a vector."""

from typing import Any

import keras

from pipelines.models.config import EncoderConfig
from pipelines.models.seq2seq import Seq2Seq
from pipelines.text.vocabulary import Vocabulary


@keras.saving.register_keras_serializable("elman")
class Captioner(Seq2Seq):
    """A recurrent decoder that starts from a vector: s_0 = tanh(W v + b) for each of its states, and layer by layer.

    The decoder and its steps are those of an encoder-decoder without attention.

    Args:
        source: (dimensions,) of the vector; the other arguments are those of `Seq2Seq`.

    Call arguments:
        inputs: features, float32 (batch, 1, dimensions), a source of one step, and target_ids, int32
            (batch, target_time): the words before the ones to predict.

    Returns:
        Logits, float32 (batch, target_time, target rows trained).

    Reference: Vinyals et al., "Show and Tell: A Neural Image Caption Generator", CVPR 2015, section 3.1, where the
    image is the decoder's first input; as its first states: Xu et al., "Show, Attend and Tell", ICML 2015, section
    3.1.2.
    """

    def add_source_layers(self, source: list[int]) -> None:
        self.feature_dropout = keras.layers.Dropout(self.cell.dropout, seed=self.seed + 100, name="feature_dropout")

    def add_encoder(self) -> None:
        """Adds nothing: a vector is no sequence."""

    def placeholder(self) -> Any:
        return keras.KerasTensor((None, 1, *self.sizes["source"]), "float32")

    def encode(self, source_ids, training=None):
        """Nothing to attend to, and the decoder's first states."""
        vector = self.feature_dropout(source_ids[:, 0], training=training)
        return {}, [[bridge(vector) for bridge in bridges] for bridges in self.bridges]


def build_captioner(
    dimensions: int, target: Vocabulary, width: int, cell: EncoderConfig, seed: int, *, tied_embeddings: bool = False
) -> Captioner:
    """A built captioner of vectors of `dimensions`; its words have vectors of `width`."""
    rows = target.trained_size, len(target.frozen)
    model = Captioner(
        [dimensions],
        [*rows, width],
        cell.flat(),
        seed,
        attention="none",
        tied_embeddings=tied_embeddings,
        name="captioner",
    )
    model.build()
    return model
