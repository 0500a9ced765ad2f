"""A batch is shared out whole and in order, and BLAS gets its threads back."""

from threading import Event, Thread

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from pipelines.layers.loops.threads import LEAST_NUMBERS, processors, share_elements, share_rows


def positions_of(*lengths):
    """Positions of right-padded rows of these lengths."""
    mask = np.arange(max(lengths, default=3)) < np.array(lengths, "int64").reshape(-1, 1)
    return np.where(mask, np.cumsum(mask).reshape(mask.shape) - 1, -1)


def blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


@pytest.mark.parametrize(
    "lengths", [[], [0], [5], [1, 2, 3], [7] * 33, [100] + [1] * 20, [0] * 20, [0] * 19 + [4], [4] + [0] * 19], ids=str
)
def test_the_shares_are_all_rows_and_all_their_steps_in_order(lengths):
    positions = positions_of(*lengths)
    shares = share_rows(positions, lambda _, rows, part: (rows, part))
    assert len(shares) <= processors()
    assert np.concatenate([rows for rows, _ in shares]).tolist() == list(range(len(lengths)))
    for rows, part in shares:
        own = positions[rows]
        assert own[own >= 0].tolist() == list(range(part.start, part.stop))


def test_what_goes_wrong_in_a_share_is_told():
    def work(_, rows, part):
        raise ArithmeticError(f"row {rows[-1]}")

    with pytest.raises(ArithmeticError, match="row"):
        share_rows(positions_of(*[3] * 20), work)


def test_blas_runs_on_one_thread_within_a_share_and_on_as_many_as_before_after_it():
    before = blas_threads()
    assert set(share_rows(positions_of(3), lambda _, rows, part: max(blas_threads()))) == {1}
    assert blas_threads() == before


def test_batches_that_overlap_hold_blas_to_one_thread_until_the_last_is_over():
    """The first batch begins first and ends first, as the two directions of a layer may; its thread lives on."""
    before, seen = blas_threads(), {}
    first_runs, second_runs, first_is_over, second_is_over = (Event() for _ in range(4))

    def first(_, rows, part):
        seen["in the first"] = blas_threads()
        first_runs.set()
        second_runs.wait(1)  # it may have to wait for its turn

    def second(_, rows, part):
        second_runs.set()
        first_is_over.wait(10)
        seen["in the second"] = blas_threads()

    def run_first():
        share_rows(positions_of(3), first)
        first_is_over.set()
        second_is_over.wait(10)

    def run_second():
        first_runs.wait(10)
        share_rows(positions_of(3), second)
        seen["after both"] = blas_threads()
        second_is_over.set()

    threads = [Thread(target=run_first), Thread(target=run_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if blas_threads() != before:
        threadpool_limits(before[0], user_api="blas")  # so that other tests find it as it was
    one = [1] * len(before)
    assert seen == {"in the first": one, "in the second": one, "after both": before}


def test_blas_is_held_to_one_thread_whichever_thread_asks_next():
    before, seen = blas_threads(), []

    def run():
        seen.append(share_rows(positions_of(3), lambda _, rows, part: max(blas_threads())))

    run()
    thread = Thread(target=run)
    thread.start()
    thread.join()
    run()
    assert seen == [[1]] * 3
    assert blas_threads() == before


@pytest.mark.parametrize("sizes", [[], [0], [5], [3, 0, 7], [LEAST_NUMBERS] * 3, [10, 5 * LEAST_NUMBERS, 1]], ids=str)
def test_the_shares_of_arrays_are_all_their_numbers_once(sizes):
    seen = [np.zeros(size, int) for size in sizes]

    def work(number, begin, end):
        seen[number][begin:end] += 1

    share_elements(sizes, work)
    assert all((count == 1).all() for count in seen)
