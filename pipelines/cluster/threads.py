"""The threads of a process that has some of a node's processors, not all."""

LIBRARIES = (
    "OMP_NUM_THREADS",  # and the compiled loops' (pipelines/layers/loops/threads.py)
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def bounded(cpus: int) -> dict[str, str]:
    """The environment of a process that computes on so many threads at most."""
    return dict.fromkeys(LIBRARIES, str(cpus))
