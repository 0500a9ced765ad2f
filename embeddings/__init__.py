"""Word2Vec vectors: trained with gensim, stored without pickle, reusable alone."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

__all__ = ["load"]


def load(folder: str | Path) -> "KeyedVectors":
    """Loads an artefact of word vectors, memory-mapped and read-only; see `embeddings.store.load`."""
    from embeddings import store

    return store.load(folder)
