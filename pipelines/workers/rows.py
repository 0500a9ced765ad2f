"""A batch, shared out among workers by its rows."""

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np


class Part(NamedTuple):
    """Some rows of a batch."""

    inputs: tuple[Any, ...]  # arrays; the first dimension is that of the rows, but for those that are whole
    targets: np.ndarray
    weights: np.ndarray
    rows: np.ndarray  # which rows of the batch, int32 (rows,)
    batch_rows: int
    share: float  # of the sum of the batch's weights
    token_share: float  # of the batch's real tokens


def parts(
    inputs: tuple[Any, ...], targets: np.ndarray, weights: np.ndarray, workers: int, whole: Collection[int] = ()
) -> list[Part]:
    """Shares out a batch, one part a worker; a batch with fewer rows than workers has a part a row.

    Rows stand in the order of their lengths more often than not, so each worker takes every n-th one.

    Args:
        inputs: arrays.
        targets: of the rows.
        weights: of the targets; 0 at padding.
        workers: how many.
        whole: places of the inputs that every worker reads as they are.
    """
    batch_rows, total = len(weights), weights.sum(dtype="float64")
    tokens = np.count_nonzero(inputs[0])
    found = []
    for first in range(min(workers, batch_rows)):
        rows = np.arange(first, batch_rows, workers, dtype="int32")
        of_rows = tuple(array if place in whole else array[rows] for place, array in enumerate(inputs))
        share = float(weights[rows].sum(dtype="float64") / total) if total else 0.0
        token_share = float(np.count_nonzero(inputs[0][rows]) / tokens) if tokens else 0.0
        found.append(Part(of_rows, targets[rows], weights[rows], rows, batch_rows, share, token_share))
    return found
