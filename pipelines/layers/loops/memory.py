"""Memory of the arrays that a loop writes, used again from one batch to the next.

Fresh memory costs a page fault for every 4 kB that is touched first; with some 20 MB a batch that is a sizeable part
of a training step, on virtual machines above all.
"""

import math
import weakref
from collections import defaultdict

import numpy as np

ALIGNMENT = 64  # bytes; TensorFlow takes an array that starts at a multiple of it as it is, and copies any other
# Sizes are rounded up to so many between two powers of two, so that batches of like size share them.
STEPS_TO_DOUBLE = 8
LARGEST_RESERVE = 2**28  # bytes

_free: defaultdict[int, list[np.ndarray]] = defaultdict(list)


def uninitialised(*shape: int) -> np.ndarray:
    """An aligned float32 array; its memory is used again once neither NumPy nor TensorFlow holds the array."""
    size = math.prod(shape)
    rounded = _rounded(size + ALIGNMENT // 4)
    try:
        memory = _free[rounded].pop()
    except IndexError:
        memory = np.empty(rounded, np.float32)
    first = -memory.ctypes.data % ALIGNMENT // 4
    # Views of an array hold what the array itself is a view of: a buffer of its own makes this array their base.
    array = np.frombuffer(memory.data, np.float32, size, 4 * first).reshape(shape)
    weakref.finalize(array.base, _give_back, memory)
    return array


def copy_of(array: np.ndarray) -> np.ndarray:
    """An aligned copy."""
    copy = uninitialised(*array.shape)
    copy[...] = array
    return copy


def _give_back(memory: np.ndarray) -> None:
    # No lock: this may run at any moment, in the middle of `uninitialised` as well; pop and append are atomic.
    if memory.nbytes + sum(4 * size * len(_free[size]) for size in list(_free)) <= LARGEST_RESERVE:
        _free[memory.size].append(memory)


def _rounded(size: int) -> int:
    step = max(16, 2 ** (size.bit_length() - 1) // STEPS_TO_DOUBLE)
    return -(-size // step) * step
