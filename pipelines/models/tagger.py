"""Aligned many-to-many: a tag for each token, from the outputs of a recurrent encoder."""

from collections.abc import Mapping, Sequence

import keras

from pipelines.layers import CRF, Bidirectional, CharFeatures, CRFLoss
from pipelines.models.config import CharacterConfig, EncoderConfig
from pipelines.models.encoder import dropouts, embed_words, encode, recurrent_layer, recurrent_stack, word_inputs
from pipelines.text.vocabulary import Vocabulary
from pipelines.text.word_shapes import SHAPES

SHAPE_DIMENSIONS = 8


def build_tagger(
    vocabularies: Mapping[str, Vocabulary],
    dimensions: int,
    transitions: Sequence[Sequence[bool]],
    cell: EncoderConfig,
    seed: int,
    *,
    word_dropout: float = 0.0,
    output: str = "softmax",
    characters: CharacterConfig | None = None,
    word_shapes: bool = False,
    composed: bool = False,
) -> keras.Model:
    """A tagger of tokens.

    Args:
        vocabularies: of the sentences' `tokens` and, where they are read, `characters`.
        dimensions: width of the word vectors.
        transitions: which tags may follow which, (tags + 1, tags + 1), as `CRF` takes them.
        cell: the encoder.
        seed: of the initial weights and of dropout.
        word_dropout: share of the words that training replaces by the unknown word.
        output: `softmax` scores tags one by one, `crf` in sequences.
        characters: how words are read character by character, if they are.
        word_shapes: whether a word is upper case, has digits, and so on, is read too.
        composed: whether ids may stand beyond the vocabulary, for composed vectors.

    Returns:
        A model of the `word_inputs`; with characters then of word_numbers, int32 (batch, time), and
        character_ids, int32 (words, characters); with word shapes then of shape_ids, int32 (batch, time). It gives
        logits, float32 (batch, time, tags), or a CRF's potentials, float32 (batch, time, tags, tags). Outputs at
        padding mean nothing.
    """
    inputs = word_inputs(dimensions, composed)
    features = [embed_words(inputs[0], vocabularies["tokens"], dimensions, word_dropout, seed, *inputs[1:])]
    if characters:
        word_numbers = keras.Input((None,), dtype="int32", name="word_numbers")
        character_ids = keras.Input((None,), dtype="int32", name="character_ids")
        inputs += [word_numbers, character_ids]
        recurrent = None
        if characters.encoder == "recurrent":
            one = recurrent_layer(cell.without_dropout(), characters.units // 2, "characters", seed + 400)
            recurrent = Bidirectional(one)
        read = CharFeatures(
            len(vocabularies["characters"]),
            characters.dimensions,
            characters.units,
            characters.dropout,
            seed + 400,
            recurrent,
            name="char_features",
        )
        features.append(read(word_numbers, character_ids))
    if word_shapes:
        shape_ids = keras.Input((None,), dtype="int32", name="shape_ids")
        inputs.append(shape_ids)
        uniform = keras.initializers.RandomUniform(seed=seed + 500)
        shapes = keras.layers.Embedding(len(SHAPES), SHAPE_DIMENSIONS, uniform, mask_zero=True, name="word_shapes")
        features.append(shapes(shape_ids))
    # All features carry the same mask: one without would make every step a real one.
    words = keras.layers.Concatenate(name="words")(features) if len(features) > 1 else features[0]
    outputs, _ = encode(words, recurrent_stack(cell, seed), dropouts(cell, seed))
    logits = keras.layers.Dense(
        len(transitions) - 1, kernel_initializer=keras.initializers.GlorotUniform(seed), dtype="float32", name="logits"
    )(outputs)
    if output == "crf":
        logits = CRF(transitions, name="crf")(logits)
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], logits, name="tagger")


def sequence_loss() -> CRFLoss:
    """The loss of a tagger with a CRF, averaged over the real tokens of a batch."""
    return CRFLoss(reduction="mean_with_sample_weight")
