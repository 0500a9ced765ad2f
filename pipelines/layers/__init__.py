"""Layers. Importing this package registers them, so that `keras.saving.load_model` knows them in safe mode."""

from pipelines.layers.pooling import MaskedPooling
from pipelines.layers.word_embedding import WordEmbedding

__all__ = ["MaskedPooling", "WordEmbedding"]
