"""Word vectors as a map: the most frequent words in two dimensions, each with its nearest neighbours."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings import store
from embeddings.cosines import directions
from pipelines.reporting.leaderboard import Leaderboard

SHOWN = 400  # words
COMPARED = 10_000  # most frequent words, of which neighbours are
NEIGHBOURS = 8


@dataclass(frozen=True)
class VectorMap:
    """Words with their places, and of each the nearest words with their cosines; `explained` is a share of variance."""

    name: str
    total: int  # words that have a vector
    words: list[str]
    places: list[tuple[float, float]]
    neighbours: list[list[tuple[str, float]]]
    explained: float


def vector_maps(leaderboard: Leaderboard, folder: Path) -> list[VectorMap]:
    """A map of each of the word vectors that runs read, where they are there and have words."""
    rows = [row for group in leaderboard.groups for row in group.rows]
    names = dict.fromkeys(name for row in rows for name in (row.source_vectors, row.target_vectors) if name)
    found = (vector_map(name, folder / name) for name in names if (folder / name).is_dir())
    return [each for each in found if each]


def vector_map(name: str, folder: Path) -> VectorMap | None:
    """The first two principal components of the directions of the most frequent words; None of fewer than three.

    Raises:
        InputError: the folder holds no word vectors.
    """
    artefact = store.read(folder)
    compared = directions(np.array(artefact.vectors[:COMPARED]))
    known = np.flatnonzero(~np.isnan(compared).any(axis=1))  # a zero vector has no direction
    if len(known) < 3:
        return None
    compared, words = compared[known], [artefact.words[number] for number in known]
    shown = compared[:SHOWN]
    centred = shown - shown.mean(axis=0)
    variances, axes = np.linalg.eigh(centred.T @ centred)  # rising, and columns
    variances, axes = variances[::-1], axes.T[:-3:-1]
    axes = axes * np.sign(axes[range(2), np.abs(axes).argmax(axis=1)])[:, None]  # either sign fits
    cosines = shown @ compared.T
    cosines[range(len(shown)), range(len(shown))] = -np.inf
    nearest = [_largest(of_word, min(NEIGHBOURS, len(words) - 1)) for of_word in cosines]
    return VectorMap(
        name=name,
        total=len(artefact.words),
        words=words[:SHOWN],
        places=[(round(x, 3), round(y, 3)) for x, y in (centred @ axes.T).tolist()],
        neighbours=[
            [(words[other], round(float(of_word[other]), 2)) for other in others]
            for of_word, others in zip(cosines, nearest, strict=True)
        ],
        explained=float(variances[:2].sum() / variances.sum()),
    )


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    """The places of the largest values, of equals the first; what is less than all of them is left out of the sort."""
    found = np.flatnonzero(values >= np.partition(values, -count)[-count])
    return found[np.argsort(-values[found], kind="stable")[:count]]
