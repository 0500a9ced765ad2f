"""Long texts laid out in rows: batches of chunks, whose row i continues row i of the batch before."""

import heapq
import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence

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
        self.texts = texts
        lengths = np.fromiter((len(text.target) for text in texts), "int64", len(texts))
        self._share = math.ceil(lengths.sum() / rows)
        counts = -(-lengths // self._share)
        first = counts.cumsum() - counts
        self._text = np.arange(len(texts)).repeat(counts)  # of each piece
        self._start = (np.arange(counts.sum()) - first.repeat(counts)) * self._share
        piece_lengths = np.minimum(lengths[self._text] - self._start, self._share)
        order = self.random.permutation(len(piece_lengths))
        order = order[(-piece_lengths[order]).argsort(kind="stable")]
        fewest = [(0, row) for row in range(rows)]
        self.rows: list[array] = [array("q") for _ in range(rows)]  # numbers of pieces
        for number in order.tolist():
            chunks, row = heapq.heappop(fewest)
            self.rows[row].append(number)
            heapq.heappush(fewest, (chunks + math.ceil(piece_lengths[number] / chunk_tokens), row))
        self._length = max(chunks for chunks, _ in fewest)

    def __len__(self) -> int:
        return self._length

    def epoch(self) -> Iterator[tuple]:
        """Yields the batches of a new epoch: ((token_ids, continues), targets, sample_weights)."""
        rows = [self._chunks(np.asarray(row)[self.random.permutation(len(row))]) for row in self.rows]
        nothing: Chunk = np.array([BEGIN_ID], "int32"), np.array([BEGIN_ID], "int32"), False
        for _ in range(len(self)):
            batch = [next(row, nothing) for row in rows]
            continues = np.array([[goes_on] for *_, goes_on in batch], "int32")
            token_ids, targets, weights = self.collate([Encoded(before, target=after) for before, after, _ in batch])
            yield (token_ids, continues), targets, weights

    def _chunks(self, pieces: Iterable[int]) -> Iterator[Chunk]:
        for piece in pieces:
            text, first = self.texts[int(self._text[piece])], int(self._start[piece])
            end = min(first + self._share, len(text.target))
            for start in range(first, end, self.chunk_tokens):
                part = slice(start, min(start + self.chunk_tokens, end))
                yield np.asarray(text.source[part]), np.asarray(text.target[part]), start > first
