"""Artefacts of word vectors: a folder of plain arrays and JSON, without pickle, memory-mapped on loading."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, NotRequired, TypedDict

import numpy as np

from embeddings.foundation.arrays import open_array
from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError
from embeddings.foundation.files import atomic_folder, write_json
from embeddings.foundation.limits import DESCRIPTION_BYTES, PARSED_BYTES
from embeddings.foundation.reading import read_json
from embeddings.foundation.subwords import Subwords

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

VECTORS, VOCABULARY, COUNTS, PROVENANCE = "vectors.npy", "vocabulary.json", "counts.npy", "provenance.json"
SCORES = "scores.json"  # intrinsic ones, where there are any
OUTPUT_WEIGHTS = "output_weights.npy"  # only where the configuration keeps them


class Source(TypedDict):
    """What vectors were made of: of a file, what is asked of it."""

    language: str | None


class Provenance(TypedDict):
    """What is asked of how vectors were made; it says more."""

    tokenizer: str | None
    config: NotRequired[dict[str, Any]]
    corpus: NotRequired[list[Source]]
    file: NotRequired[Source]


class Artefact(NamedTuple):
    """The arrays of an artefact, read-only and memory-mapped; reading them needs no gensim."""

    vectors: np.ndarray  # float32 (words, dimensions)
    words: list[str]  # most frequent first
    counts: np.ndarray  # int64 (words,)


@dataclass(frozen=True)
class WordVectors:
    """An artefact under gensim's names, without gensim, whose import takes a quarter of the time of Keras's."""

    vectors: np.ndarray  # float32 (words, dimensions), read-only and memory-mapped
    index_to_key: Sequence[str]  # words, most frequent first
    key_to_index: Mapping[str, int]
    subwords: Subwords | None  # FastText's
    parts: Sequence[Mapping[str, Any]] = ()  # of joined vectors

    @property
    def vector_size(self) -> int:
        """Dimensions."""
        return self.vectors.shape[1]

    def __len__(self) -> int:
        return len(self.index_to_key)


def save(folder: str | Path, keyed_vectors: "KeyedVectors", provenance: dict[str, Any]) -> None:
    """Writes an artefact, whole or not at all; an existing one is replaced.

    Args:
        folder: where.
        keyed_vectors: words, most frequent first, with their vectors and, where known, `expandos`: "count" int (words,)
            and "output_weights" float32 (words, dimensions); those of FastText have `subwords`, a `Subwords`.
        provenance: how they were made; JSON.
    """
    with atomic_folder(folder) as temporary:
        write(temporary, keyed_vectors, provenance)


def write(folder: Path, keyed_vectors: "KeyedVectors", provenance: dict[str, Any]) -> None:
    """Writes the files of an artefact into a new folder; the rest as `save` has it."""
    words = keyed_vectors.index_to_key
    counts = keyed_vectors.expandos.get("count", np.zeros(len(words)))
    np.save(folder / VECTORS, np.asarray(keyed_vectors.vectors, dtype=np.float32), allow_pickle=False)
    np.save(folder / COUNTS, np.asarray(counts, dtype=np.int64), allow_pickle=False)
    if "output_weights" in keyed_vectors.expandos:
        weights = np.asarray(keyed_vectors.expandos["output_weights"], dtype=np.float32)
        np.save(folder / OUTPUT_WEIGHTS, weights, allow_pickle=False)
    if subwords := getattr(keyed_vectors, "subwords", None):
        subwords.save(folder)
    write_json(folder / VOCABULARY, words)
    write_json(folder / PROVENANCE, provenance)


def write_stream(
    folder: Path,
    dimensions: int,
    rows: Iterable[tuple[str, np.ndarray]],
    describe: Callable[[int], dict[str, Any]],
    subwords: Subwords | None = None,
) -> int:
    """Writes an artefact of words without counts as they come, one vector in memory at a time.

    Args:
        folder: a new one.
        dimensions: length of each vector.
        rows: different words, most frequent first, each with its vector, float32 (dimensions,).
        describe: given the number of words, their provenance; called after the last row.
        subwords: of fastText's vectors.

    Returns:
        The number of words.
    """
    words = []
    with open(folder / VECTORS, "wb") as file:
        _write_header(file, 0, dimensions)
        begin = file.tell()
        for word, vector in rows:
            words.append(word)
            file.write(vector.astype("<f4", copy=False).tobytes())
        file.seek(0)
        _write_header(file, len(words), dimensions)  # NumPy leaves room for the first axis to grow
        assert file.tell() == begin, "the header's length changed"
    np.save(folder / COUNTS, np.zeros(len(words), dtype=np.int64), allow_pickle=False)
    write_json(folder / VOCABULARY, words)
    if subwords:
        subwords.save(folder)
    write_json(folder / PROVENANCE, describe(len(words)))
    return len(words)


def _write_header(file: BinaryIO, words: int, dimensions: int) -> None:
    header = {"descr": "<f4", "fortran_order": False, "shape": (words, dimensions)}
    np.lib.format.write_array_header_1_0(file, header)


def read(folder: str | Path) -> Artefact:
    """Reads the arrays of an artefact.

    Raises:
        InputError: there is no such folder, or it is not a whole artefact.
    """
    vectors, counts = _array(folder, VECTORS), _array(folder, COUNTS)
    words = _json(folder, VOCABULARY, list[str], PARSED_BYTES)
    if vectors.dtype != np.float32 or vectors.ndim != 2:
        raise _broken(folder, f"{VECTORS} holds {vectors.dtype} {vectors.shape}, expected float32 (words, dimensions)")
    if counts.dtype != np.int64 or counts.ndim != 1:
        raise _broken(folder, f"{COUNTS} holds {counts.dtype} {counts.shape}, expected int64 (words,)")
    if not len(vectors) == len(words) == len(counts):
        raise _broken(folder, f"{len(vectors)} vectors, {len(words)} words and {len(counts)} counts")
    if len(set(words)) < len(words):
        twice = next(word for word, count in Counter(words).items() if count > 1)
        raise _broken(folder, f"{VOCABULARY} holds {twice[:60]!r} twice")
    return Artefact(vectors, words, counts)


def load(folder: str | Path) -> "KeyedVectors":
    """Loads an artefact as gensim's KeyedVectors, memory-mapped and read-only; `subwords` are FastText's, else None.

    Raises:
        InputError: there is no such folder, or it is not a whole artefact.
    """
    from gensim.models import KeyedVectors

    vectors, words, counts = read(folder)
    keyed_vectors = KeyedVectors(vectors.shape[1])
    keyed_vectors.vectors = vectors
    keyed_vectors.index_to_key = words
    keyed_vectors.key_to_index = {word: row for row, word in enumerate(words)}
    keyed_vectors.expandos["count"] = counts
    keyed_vectors.subwords = subwords(folder)
    return keyed_vectors


def word_vectors(folder: str | Path) -> WordVectors:
    """Reads an artefact for look-ups alone.

    Raises:
        InputError: there is no such folder, or it is not a whole artefact.
    """
    vectors, words, _ = read(folder)
    rows = {word: row for row, word in enumerate(words)}
    return WordVectors(vectors, words, rows, subwords(folder), provenance(folder).get("parts", ()))


def subwords(folder: str | Path) -> Subwords | None:
    """Reads the vectors of n-grams that an artefact of FastText has; None of any other.

    Raises:
        InputError: they are not whole, or of another width than those of the words.
    """
    found = Subwords.load(Path(folder))
    if found and found.table.shape[1] != (width := _array(folder, VECTORS).shape[-1]):
        raise _broken(folder, f"n-grams have {found.table.shape[1]} dimensions, and words {width}")
    return found


def output_weights(folder: str | Path) -> np.ndarray:
    """Reads the weights that predict a word from its context, float32 (words, dimensions), read-only.

    Raises:
        InputError: the artefact is not whole, or did not keep them.
    """
    vectors = read(folder).vectors
    if not (Path(folder) / OUTPUT_WEIGHTS).is_file():
        raise InputError(
            f"{folder}: expected {OUTPUT_WEIGHTS}, which continued training needs, got none; "
            "train the vectors again with `keep_output_weights: true`"
        )
    weights = _array(folder, OUTPUT_WEIGHTS)
    if weights.dtype != np.float32 or weights.shape != vectors.shape:
        reason = f"{OUTPUT_WEIGHTS} holds {weights.dtype} {weights.shape}, expected float32 {vectors.shape}"
        raise _broken(folder, reason)
    return weights


def provenance(folder: str | Path) -> dict[str, Any]:
    """Reads how an artefact was made: config, tokenizer, corpus with checksums, counts, gensim's version.

    Raises:
        InputError: there is no such folder, or no readable provenance in it.
    """
    return _json(folder, PROVENANCE, Provenance)


def scores(folder: str | Path) -> dict[str, float]:
    """Reads the intrinsic scores of an artefact, with their coverage; none where it was made without them."""
    path = Path(folder) / SCORES
    return read_json(path, dict[str, float]) if path.exists() else {}


def _array(folder: str | Path, name: str) -> np.ndarray:
    try:
        return open_array(Path(folder) / name)
    except (OSError, InputError) as error:
        raise _unreadable(folder, name, error) from None


def _json(folder: str | Path, name: str, shape: Any, limit: int = DESCRIPTION_BYTES) -> Any:
    path = Path(folder) / name
    if not path.exists():
        raise _unreadable(folder, name, FileNotFoundError())
    return read_json(path, shape, limit)


def _unreadable(folder: str | Path, name: str, error: Exception) -> InputError:
    folder = Path(folder)
    if not folder.is_dir():
        others = sorted(path.name for path in folder.parent.glob("*/") if (path / VECTORS).is_file())
        return InputError(f"{folder}: no such folder of word vectors{nearest(folder.name, others)}")
    if isinstance(error, FileNotFoundError):
        return _broken(folder, f"{name} is missing")
    problem = error.strerror if isinstance(error, OSError) else str(error).rpartition("; ")[0]
    return _broken(folder, f"{name} cannot be read: {problem}")


def _broken(folder: str | Path, reason: str) -> InputError:
    return InputError(f"{folder}: expected a whole artefact of vectors, but {reason}; train it again")
