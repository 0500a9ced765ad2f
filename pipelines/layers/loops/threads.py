"""A batch, shared out among threads that never wait for each other."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import TypeVar

import numpy as np
from threadpoolctl import ThreadpoolController

LEAST_ROWS = 4  # a share with fewer rows than the product takes at a time would only be slow
# One batch at a time: it takes all processors, and what one caller limits another would find, and restore.
_turn = threading.Lock()
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
    with _turn, _blas().limit(limits=1, user_api="blas"):
        waiting = [_pool().submit(work, *part) for part in parts[1:]]
        return [work(*parts[0]), *(share.result() for share in waiting)]
