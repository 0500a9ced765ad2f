"""The parts of a batch."""

import numpy as np

from pipelines.workers.rows import parts

TOKENS = np.array([[4, 5, 6], [4, 5, 0], [7, 0, 0]])
WEIGHTS = np.array([[1, 1, 1], [1, 1, 0], [2, 0, 0]], "float32")


def test_each_worker_has_every_other_row_and_its_share_of_the_weights():
    first, second = parts((TOKENS,), TOKENS + 1, WEIGHTS, 2)
    np.testing.assert_array_equal(first.inputs[0], [[4, 5, 6], [7, 0, 0]])
    np.testing.assert_array_equal(first.targets, [[5, 6, 7], [8, 1, 1]])
    np.testing.assert_array_equal(second.inputs[0], [[4, 5, 0]])
    assert [first.rows.tolist(), second.rows.tolist()] == [[0, 2], [1]]
    assert [first.batch_rows, first.share, second.share] == [3, 5 / 7, 2 / 7]
    assert [first.token_share, second.token_share] == [4 / 6, 2 / 6]


def test_what_is_not_of_rows_is_whole_for_each():
    words = np.zeros((9, 4))
    assert all(part.inputs[1] is words for part in parts((TOKENS, words), TOKENS, WEIGHTS, 2, whole=[1]))


def test_a_batch_with_fewer_rows_than_workers_has_a_part_a_row():
    assert [part.rows.tolist() for part in parts((TOKENS,), TOKENS, WEIGHTS, 5)] == [[0], [1], [2]]


def test_rows_without_weight_count_nothing():
    shares = [part.share for part in parts((TOKENS,), TOKENS, WEIGHTS * [[1], [0], [0]], 3)]
    assert shares == [1, 0, 0]
    assert [part.share for part in parts((TOKENS,), TOKENS, 0 * WEIGHTS, 2)] == [0, 0]
