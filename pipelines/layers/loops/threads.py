"""A batch, shared out among threads that never wait for each other."""

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
from threadpoolctl import LibController, OpenBLASController, ThreadpoolController

LEAST_NUMBERS = 2**16  # in a share of arrays; for fewer a thread is not worth waking
LEAST_ROWS = 4  # a share with fewer rows than the product takes at a time would only be slow
Result = TypeVar("Result")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), thread_name_prefix="recurrence")


@cache
def _blas() -> list[LibController]:
    return [library for library in ThreadpoolController().lib_controllers if library.user_api == "blas"]


def _set_blas_threads(numbers: Iterable[int]) -> None:
    OpenBLASController.clear_controlling_thread(force=True)  # else the thread that set a number alone may set another
    for library, number in zip(_blas(), numbers, strict=True):
        library.set_num_threads(number)
    OpenBLASController.clear_controlling_thread(force=True)


class _OneBLASThread:
    """Limits BLAS to one thread a call while any batch is worked on: the first limits it, the last gives it back.

    `ThreadpoolController.limit` would ask every library for all that it can tell, and must be lifted by the thread that
    set it: with a thread of its own for that, it took 0.1 to 0.3 ms a batch, of a step of 8 ms.
    """

    def __init__(self) -> None:
        self.batches = 0
        self.lock = threading.Lock()
        self.before: list[int] = []

    def __enter__(self) -> None:
        with self.lock:
            if not self.batches:
                self.before = [library.get_num_threads() for library in _blas()]
                _set_blas_threads([1] * len(self.before))
            self.batches += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.batches -= 1
            if not self.batches:
                _set_blas_threads(self.before)


_one_blas_thread = _OneBLASThread()


def processors() -> int:
    """How many processors this process may use: at most OMP_NUM_THREADS, where that is set."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    bound = os.environ.get("OMP_NUM_THREADS", "")
    return min(there, max(1, int(bound))) if bound.isdecimal() else there


def share_rows(positions: np.ndarray, work: Callable[[int, np.ndarray, slice], Result], loops: int = 1) -> list[Result]:
    """Gives each thread some rows of a batch, with about the same number of real steps, and waits for all of them.

    Where several loops run over a batch, as the directions of a layer do, each has threads of its own, if there are
    enough: the more rows a loop has, the more often it uses a weight that it has loaded. Batches may overlap. BLAS runs
    on one thread a call meanwhile: its own threads would go on spinning after a product and take the time of ours.

    Args:
        positions: int64 (batch, time), where each step stands; those of a row follow those of the row before it.
        work: takes the number of a loop, row numbers, int64, and the slice that their steps are; must release the GIL
            to gain by it.
        loops: how many.

    Returns:
        What the shares gave, loop by loop, in the order of the rows.
    """
    batch = len(positions)
    shares = max(1, min(processors() // loops, batch // LEAST_ROWS))
    ends = np.concatenate([[0], np.cumsum((positions >= 0).sum(1))])
    cuts = np.searchsorted(ends, ends[-1] * np.arange(shares + 1) / shares)
    cuts[0], cuts[-1] = 0, batch
    parts = [(loop, np.arange(a, b), slice(ends[a], ends[b])) for loop in range(loops) for a, b in pairwise(cuts)]
    with _one_blas_thread:
        if processors() == 1:
            return [work(*part) for part in parts]
        waiting = [_pool().submit(work, *part) for part in parts[1:]]
        return [work(*parts[0]), *(share.result() for share in waiting)]


def share_elements(sizes: Sequence[int], work: Callable[[int, int, int], None]) -> None:
    """Gives each thread a share of the numbers of several arrays, and waits for all of them.

    Args:
        sizes: of the arrays.
        work: takes the number of an array, and the begin and end of what to do of it; must release the GIL.
    """
    ends = np.cumsum([0, *sizes]).tolist()
    shares = max(1, min(processors(), ends[-1] // LEAST_NUMBERS))

    def share(first: int, last: int) -> None:
        for number, (begin, end) in enumerate(pairwise(ends)):
            if max(first, begin) < min(last, end):
                work(number, max(first, begin) - begin, min(last, end) - begin)

    parts = list(pairwise(ends[-1] * part // shares for part in range(shares + 1)))
    waiting = [_pool().submit(share, *part) for part in parts[1:]]
    share(*parts[0])
    for other in waiting:
        other.result()
