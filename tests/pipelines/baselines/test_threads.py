"""Linear baselines learn with one BLAS thread."""

import importlib

from threadpoolctl import threadpool_info

from pipelines.baselines.threads import one_thread


def blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_inside_blas_has_one_thread_and_afterwards_as_many_as_before():
    importlib.import_module("scipy.linalg")  # loads its BLAS
    before = blas_threads()
    assert before
    with one_thread():
        assert set(blas_threads()) == {1}
    assert blas_threads() == before
