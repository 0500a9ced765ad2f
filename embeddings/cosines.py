"""Directions of vectors and their cosines, where they have any: a zero vector has none."""

import numpy as np

from embeddings.foundation.errors import InputError

ROWS = 1 << 16  # of a table that are held in memory at once


def directions(vectors: np.ndarray) -> np.ndarray:
    """Vectors scaled to length 1, (rows, dimensions); NaN in the row of a zero vector.

    Each is divided by its greatest number first, so that no square is too large or too small for 32 bits.

    Raises:
        InputError: a number is NaN or infinite.
    """
    greatest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    if not np.isfinite(greatest).all():
        raise InputError("vectors of words: expected numbers, got NaN or infinity; make the vectors again")
    with np.errstate(invalid="ignore"):
        scaled = vectors / greatest
    return scaled / np.linalg.norm(scaled, axis=1, keepdims=True)


def cosines(table: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """The cosine of each row of a table with a direction, (rows,); NaN of a zero vector.

    Args:
        table: float32 (rows, dimensions), which may be memory-mapped.
        direction: (dimensions,), of length 1.
    """
    parts = [directions(table[start : start + ROWS]) @ direction for start in range(0, len(table), ROWS)]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)
