"""The vectors of given words as one matrix, and the rule for words that have none."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings import store
from embeddings.foundation.errors import InputError

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

    Loaded = store.WordVectors | KeyedVectors


def matrix(vectors: "str | Path | Loaded", words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Looks up the vectors of words.

    Args:
        vectors: the folder of an artefact (read without gensim), or loaded vectors.
        words: the words, as the task's tokenizer wrote them.

    Returns:
        The matrix, float32 (len(words), dimensions), with zeros in the row of a word that has no vector;
        and whether each word has one, bool (len(words),). FastText's n-grams give one to every word that has any.

    Raises:
        InputError: the folder holds no artefact, or a number of a vector is NaN or infinite.
    """
    if isinstance(vectors, str | Path):
        table, known, _ = store.read(vectors)
        rows, subwords = {word: row for row, word in enumerate(known)}, store.subwords(vectors)
    else:
        table, rows, subwords = vectors.vectors, vectors.key_to_index, getattr(vectors, "subwords", None)
    found_rows = [find(rows, word) for word in words]
    found = np.array([row is not None for row in found_rows], dtype=bool)
    result = np.zeros((len(words), table.shape[1]), dtype=np.float32)
    result[found] = table[[row for row in found_rows if row is not None]]
    if subwords and not found.all():
        result[~found] = subwords.matrix([word for word, is_there in zip(words, found, strict=True) if not is_there])
        found = np.array(result.any(axis=1), dtype=bool)
    if not np.isfinite(result).all():
        word = words[int(np.argmin(np.isfinite(result).all(axis=1)))]
        raise InputError(f"the vector of {word[:60]!r}: expected numbers, got NaN or infinity; make the vectors again")
    return result, found


def find(rows: Mapping[Any, Any], word: str) -> int | None:
    """The row of a word: of the word as it is written, else of its lower case, else none."""
    row = rows.get(word)
    return rows.get(word.lower()) if row is None else row


def coverage(vectors: "Loaded", counts: Mapping[str, int]) -> dict[str, Any]:
    """How much of a text has vectors, by the rule of `matrix`.

    Args:
        vectors: loaded vectors; those that are joined have `parts`, as their provenance lists them.
        counts: occurrences of each word in the text.

    Returns:
        In percent: of the different words, `words`, and of all their occurrences, `tokens`; of joined vectors the same
        for each of the `parts`, by its folder. Words that only n-grams give a vector do not count.
    """
    rows = {word: row for word in counts if (row := find(vectors.key_to_index, word)) is not None}
    found: dict[str, Any] = _shares(rows, counts)
    start = 0
    for part in getattr(vectors, "parts", ()):
        block = vectors.vectors[:, start : start + part["dimensions"]]
        start += part["dimensions"]
        covered = [word for word, row in rows.items() if block[row].any()]
        found.setdefault("parts", {})[part["folder"]] = _shares(covered, counts)
    return found


def _shares(covered: Collection[str], counts: Mapping[str, int]) -> dict[str, Any]:
    total, occurrences = max(len(counts), 1), max(sum(counts.values()), 1)
    return {
        "words": round(100 * len(covered) / total, 2),
        "tokens": round(100 * sum(counts[word] for word in covered) / occurrences, 2),
    }
