"""A batch, shared out among threads that never wait for each other."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

LEAST_ROWS = 4  # a share with fewer rows than the product takes at a time would only be slow
Result = TypeVar("Result")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), thread_name_prefix="recurrence")


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def share_rows(positions: np.ndarray, work: Callable[[np.ndarray, slice], Result]) -> list[Result]:
    """Gives each thread some rows of a batch, with about the same number of real steps, and waits for all of them.

    BLAS runs on one thread a call meanwhile: its own threads would go on spinning after a product and take the time
    of ours.

    Args:
        positions: int64 (batch, time), where each step stands; those of a row follow those of the row before it.
        work: takes row numbers, int64, and the slice that their steps are; must release the GIL to gain by it.

    Returns:
        What the shares gave, in the order of the rows.
    """
    batch = len(positions)
    shares = max(1, min(processors(), batch // LEAST_ROWS))
    ends = np.concatenate([[0], np.cumsum((positions >= 0).sum(1))])
    cuts = np.searchsorted(ends, ends[-1] * np.arange(shares + 1) / shares)
    cuts[0], cuts[-1] = 0, batch
    parts = [(np.arange(a, b), slice(ends[a], ends[b])) for a, b in pairwise(cuts)]
    with _one_blas_thread:
        waiting = [_pool().submit(work, *part) for part in parts[1:]]
        return [work(*parts[0]), *(share.result() for share in waiting)]


class _OneBlasThread:
    """Holds BLAS to one thread a call while anybody is inside, for all threads of the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limit: Any = None

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._limit = _blas().limit(limits=1, user_api="blas")

    def __exit__(self, *raised: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limit.restore_original_limits()


_one_blas_thread = _OneBlasThread()
