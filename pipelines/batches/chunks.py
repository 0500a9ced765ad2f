"""Long texts laid out in rows: batches of chunks, whose row i continues row i of the batch before."""

import heapq
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pipelines.batches.batching import Encoded
from pipelines.text.vocabulary import BEGIN_ID

Chunk = tuple[np.ndarray, np.ndarray, bool]  # the tokens before, the tokens to predict, whether it continues


class CarriedBatches:
    """Epochs of training batches that carry states from each to the next.

    A text that is longer than its share of all tokens is cut into pieces as long as that, so that one long text fills
    all rows. The pieces are shared out among the rows, the longest first, each to the row with the fewest chunks; an
    epoch draws a new order inside each row. A row without any more text reads `<bos>` and predicts nothing.

    Args:
        texts: the tokens before, and as their target the tokens to predict, each int32 (tokens,).
        collate: makes the arrays of a batch of pieces, (inputs, targets, sample_weights).
        rows: of a batch.
        chunk_tokens: of a row in a batch.
        seed: of the order.
    """

    def __init__(self, texts: Sequence[Encoded], collate: Callable, rows: int, chunk_tokens: int, seed: int) -> None:
        self.collate = collate
        self.chunk_tokens = chunk_tokens
        self.random = np.random.default_rng(seed)
        share = math.ceil(sum(len(text.target) for text in texts) / rows)
        pieces = [
            Encoded(text.source[start : start + share], target=text.target[start : start + share])
            for text in texts
            for start in range(0, len(text.target), share)
        ]
        order = sorted(self.random.permutation(len(pieces)).tolist(), key=lambda number: -len(pieces[number].target))
        fewest = [(0, row) for row in range(rows)]
        self.rows: list[list[Encoded]] = [[] for _ in range(rows)]
        for number in order:
            chunks, row = heapq.heappop(fewest)
            self.rows[row].append(pieces[number])
            heapq.heappush(fewest, (chunks + math.ceil(len(pieces[number].target) / chunk_tokens), row))
        self._length = max(chunks for chunks, _ in fewest)

    def __len__(self) -> int:
        return self._length

    def epoch(self) -> Iterator[tuple]:
        """Yields the batches of a new epoch: ((token_ids, continues), targets, sample_weights)."""
        rows = [self._chunks([row[place] for place in self.random.permutation(len(row))]) for row in self.rows]
        nothing: Chunk = np.array([BEGIN_ID], "int32"), np.array([BEGIN_ID], "int32"), False
        for _ in range(len(self)):
            batch = [next(row, nothing) for row in rows]
            continues = np.array([[goes_on] for *_, goes_on in batch], "int32")
            token_ids, targets, weights = self.collate([Encoded(before, target=after) for before, after, _ in batch])
            yield (token_ids, continues), targets, weights

    def _chunks(self, pieces: Sequence[Encoded]) -> Iterator[Chunk]:
        for piece in pieces:
            for start in range(0, len(piece.target), self.chunk_tokens):
                part = slice(start, start + self.chunk_tokens)
                yield np.asarray(piece.source[part]), np.asarray(piece.target[part]), start > 0
