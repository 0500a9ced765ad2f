"""What is measured: shapes of batches of random vectors, in full or with the lengths of real texts."""

from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np

# Deciles of the number of tokens: 10,000 reviews of IMDB's train, cut at 400 as our configuration does, and the German
# side of Multi30k's train.
LENGTH_DECILES = {
    "imdb": (11, 107, 138, 155, 174, 200, 236, 289, 372, 400, 400),
    "multi30k": (1, 8, 9, 10, 11, 12, 13, 14, 16, 18, 44),
}
SHAPES = ((32, 100, 100, 128), (64, 60, 300, 256))  # batch, time, features, units
BESIDE_LSTM = ("sru", "min_gru", "min_lstm", "qrnn")  # others have no such layer; their LSTM is measured instead
CELLS = ("lstm", "gru", "simple_rnn", *BESIDE_LSTM)


@dataclass(frozen=True)
class Case:
    """One recurrent layer on one batch; with `lengths`, `time` is that of the longest row."""

    cell: str
    bidirectional: bool
    batch: int
    time: int
    features: int
    units: int
    lengths: str  # full | imdb | multi30k

    @property
    def of_others(self) -> str:
        """The cell that is measured of stock Keras and PyTorch."""
        return "lstm" if self.cell in BESIDE_LSTM else self.cell

    def row_lengths(self) -> np.ndarray:
        """Real steps of each row: int64 (batch,)."""
        if self.lengths == "full":
            return np.full(self.batch, self.time)
        drawn = np.random.default_rng(1).uniform(0, 10, self.batch)
        return np.interp(drawn, range(11), LENGTH_DECILES[self.lengths]).astype("int64")

    def inputs(self) -> np.ndarray:
        """Random vectors: float32 (batch, longest row, features)."""
        shape = (self.batch, int(self.row_lengths().max()), self.features)
        return np.random.default_rng(1).normal(size=shape).astype("float32")

    def as_row(self) -> dict[str, Any]:
        """The case as the first columns of a result."""
        return {**asdict(self), "time": int(self.row_lengths().max())}


def all_cases(quick: bool) -> list[Case]:
    """Every cell in one and both directions, both shapes, all lengths; quick: the LSTM on the first shape alone."""
    if quick:
        return [Case("lstm", False, *SHAPES[0], "full")]
    kinds = product(CELLS, SHAPES, ("full", *LENGTH_DECILES), (False, True))
    return [Case(cell, bidirectional, *shape, lengths) for cell, shape, lengths, bidirectional in kinds]
