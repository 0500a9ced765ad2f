"""Want of memory, told in one line."""

import numpy as np
import pytest

from pipelines.cluster.memory import out_of_memory


def raised(error, action):
    with pytest.raises(error) as found:
        action()
    return found.value


def test_want_of_memory_of_numpy_and_of_python_is_told():
    error = raised(MemoryError, lambda: np.empty(10**17))
    assert out_of_memory(error) == "out of memory: Unable to allocate 711. PiB for an array with shape " \
        "(100000000000000000,) and data type float64"  # fmt: skip
    assert out_of_memory(raised(MemoryError, lambda: b"1" * (1 << 62))) == "out of memory: no more is said"
    assert out_of_memory(ValueError("no MemoryError")) is None


def test_so_is_that_of_tensorflow_without_its_allocator():
    tensorflow = pytest.importorskip("tensorflow")
    said = "OOM when allocating tensor with shape[20000,5000] and type float on /job:localhost/replica:0/device:CPU:0"
    error = tensorflow.errors.ResourceExhaustedError(None, None, f"{{{{function_node x}}}} {said} by allocator cpu")
    assert out_of_memory(error) == "out of memory: OOM when allocating tensor with shape[20000,5000] and type float"


def test_so_is_that_of_a_process_which_could_not_read_its_task():
    exceptions = pytest.importorskip("ray.exceptions", reason="the extra `cluster` is not installed")
    trace = "Traceback (most recent call last):\n  File 1\nMemoryError: Unable to allocate internal buffer."
    error = exceptions.RaySystemError("Unable to allocate internal buffer.", trace)
    assert out_of_memory(error) == "out of memory: too little to begin"
    assert out_of_memory(exceptions.RaySystemError("the raylet is gone")) is None
