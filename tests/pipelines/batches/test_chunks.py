"""Long texts in rows: every token once, and row i continues where it ended."""

import numpy as np
import pytest

from pipelines.batches.batching import Encoded, pad
from pipelines.batches.chunks import CarriedBatches

BEGIN = 2


def text(first, tokens):
    """A text of consecutive ids, as a language model reads it: the tokens before, and the tokens to predict."""
    ids = np.array([BEGIN, *range(first, first + tokens)], "int32")
    return Encoded(ids[:-1], target=ids[1:])


def collate(batch):
    targets = pad([each.target for each in batch])
    return pad([each.source for each in batch]), targets, (targets > BEGIN).astype("float32")


def rows_of(batches):
    """For each row, its chunks through an epoch: (before, after, continues), padding left out."""
    rows: dict[int, list] = {}
    for (token_ids, continues), targets, weights in batches.epoch():
        for row in range(len(token_ids)):
            real = weights[row] > 0
            rows.setdefault(row, []).append(
                (token_ids[row][real].tolist(), targets[row][real].tolist(), bool(continues[row, 0]))
            )
    return rows


def test_one_text_fills_all_rows_and_each_goes_on_where_it_ended():
    rows = rows_of(CarriedBatches([text(10, 12)], collate, 3, 2, seed=1))
    pieces = {
        ((2, 10), (10, 11), False): [([11, 12], [12, 13], True)],
        ((13, 14), (14, 15), False): [([15, 16], [16, 17], True)],
        ((17, 18), (18, 19), False): [([19, 20], [20, 21], True)],
    }
    assert {(tuple(first[0]), tuple(first[1]), first[2]): rest for first, *rest in rows.values()} == pieces


@pytest.mark.parametrize("rows", [1, 3, 7])
@pytest.mark.parametrize("chunk_tokens", [1, 4, 100])
def test_every_token_is_predicted_once_an_epoch(rows, chunk_tokens):
    texts = [text(100, 23), text(200, 1), text(300, 8), text(400, 5)]
    batches = CarriedBatches(texts, collate, rows, chunk_tokens, seed=1)
    expected = sorted(token for each in texts for token in each.target.tolist())
    for _ in range(2):
        epoch = list(batches.epoch())
        assert len(epoch) == len(batches)
        found = [token for _, targets, weights in epoch for token in targets[weights > 0].tolist()]
        assert sorted(found) == expected


def test_each_document_begins_with_bos_and_a_fresh_state():
    rows = rows_of(CarriedBatches([text(100 * number, 3) for number in range(1, 9)], collate, 2, 2, seed=1))
    for chunks in rows.values():
        for before, _, goes_on in chunks:
            assert (before[0] == BEGIN) == (not goes_on)


def test_a_row_that_has_run_out_reads_bos_and_weighs_nothing():
    *_, ((token_ids, continues), _, weights) = CarriedBatches([text(10, 5)], collate, 2, 1, seed=1).epoch()
    (empty,) = np.flatnonzero(weights.sum(axis=1) == 0)
    assert token_ids[empty].tolist() == [BEGIN]
    assert continues[empty] == [0]


def test_the_order_of_documents_is_drawn_anew_from_the_seed():
    texts = [text(100 * number, 3) for number in range(1, 9)]
    one, same, other = (CarriedBatches(texts, collate, 2, 2, seed) for seed in (1, 1, 2))
    first = rows_of(one)
    assert first == rows_of(same)
    assert first != rows_of(other)
    assert first != rows_of(one)
