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
Result = TypeVar("Result")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(processors(), thread_name_prefix="recurrence")


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


class _OneBLASThread:
    """Limits BLAS to one thread a call while any batch is worked on: the first limits it, the last gives it back.

    A limit belongs to the thread that set it, and a batch may outlive the one that came before it: so a thread of
    their own sets and lifts all limits.
    """

    def __init__(self) -> None:
        self.batches = 0
        self.lock = threading.Lock()
        self.owner = ThreadPoolExecutor(1, thread_name_prefix="blas-limit")

    def __enter__(self) -> None:
        with self.lock:
            if not self.batches:
                self.owner.submit(self._limit).result()
            self.batches += 1

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.batches -= 1
            if not self.batches:
                self.owner.submit(self.limits.__exit__, None, None, None).result()

    def _limit(self) -> None:
        self.limits = _blas().limit(limits=1, user_api="blas").__enter__()


_one_blas_thread = _OneBLASThread()


def processors() -> int:
    """How many processors this process may use: at most OMP_NUM_THREADS, where that is set."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    bound = os.environ.get("OMP_NUM_THREADS", "")
    return min(there, max(1, int(bound))) if bound.isdecimal() else there


def share_rows(positions: np.ndarray, work: Callable[[np.ndarray, slice], Result]) -> list[Result]:
    """Gives each thread some rows of a batch, with about the same number of real steps, and waits for all of them.

    Batches may overlap, as the two directions of a layer do: one takes the time in which the other waits. BLAS runs on
    one thread a call meanwhile: its own threads would go on spinning after a product and take the time of ours.

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
