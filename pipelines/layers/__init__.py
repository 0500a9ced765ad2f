"""Layers. Importing this package registers them, so that `keras.saving.load_model` knows them in safe mode."""

from pipelines.layers.attention import CrossAttention
from pipelines.layers.char_features import CharFeatures
from pipelines.layers.crf import CRF, CRFLoss
from pipelines.layers.loops.bidirectional import Bidirectional
from pipelines.layers.pooling import AttentionPooling, MaskedPooling
from pipelines.layers.word_dropout import WordDropout
from pipelines.layers.word_embedding import WordEmbedding

__all__ = [
    "CRF",
    "AttentionPooling",
    "Bidirectional",
    "CRFLoss",
    "CharFeatures",
    "CrossAttention",
    "MaskedPooling",
    "WordDropout",
    "WordEmbedding",
]
