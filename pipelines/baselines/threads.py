"""How many threads linear models use."""

from threadpoolctl import threadpool_limits


def one_thread() -> threadpool_limits:
    """A context in which BLAS uses one thread; scikit-learn has to be imported before.

    liblinear and lbfgs call it for one vector at a time. There threads wait for each other longer than they compute: on
    two busy cores windowed_linear_tagger takes 7 times the processor time with two. The last digits of what is learned
    no longer depend on the number of cores.
    """
    return threadpool_limits(1, user_api="blas")
