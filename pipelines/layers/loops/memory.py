"""Memory of the arrays that a loop writes, used again from one batch to the next.

Fresh memory costs a page fault for every 4 kB that is touched first. With 8 to 200 MB a batch, in turns on Linux:
2 to 12 faults a training step in the place of up to 5,500, and 2 to 14 % less processor time.

glibc can be told to keep freed memory (`mallopt`: M_MMAP_THRESHOLD and M_TRIM_THRESHOLD above the arrays' size), which
gave the same faults and times, but for large batches only where all threads share one arena (M_ARENA_MAX). It then does
so for everything in the process, and other C libraries cannot. Arrays need their alignment either way.
"""

import math
import weakref
from collections import defaultdict
from itertools import accumulate

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


def several(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Uninitialised arrays of these shapes in one piece of memory, each of them aligned."""
    lanes = ALIGNMENT // 4
    ends = [*accumulate((-(-math.prod(shape) // lanes) * lanes for shape in shapes), initial=0)]
    memory = uninitialised(ends[-1])
    return [memory[end : end + math.prod(shape)].reshape(shape) for end, shape in zip(ends, shapes, strict=False)]


def _give_back(memory: np.ndarray) -> None:
    # No lock: this may run at any moment, in the middle of `uninitialised` as well; pop and append are atomic.
    if memory.nbytes + sum(4 * size * len(_free[size]) for size in list(_free)) <= LARGEST_RESERVE:
        _free[memory.size].append(memory)


def _rounded(size: int) -> int:
    step = max(16, 2 ** (size.bit_length() - 1) // STEPS_TO_DOUBLE)
    return -(-size // step) * step
