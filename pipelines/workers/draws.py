"""Random draws of a worker: those of the whole batch, of which it takes its rows."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from keras import ops


@contextmanager
def of_whole_batch(rows: Any, batch_rows: Any, whole: Collection[Any] = ()) -> Iterator[None]:
    """Lets Keras draw for all rows of a batch and give those of a worker, so that N workers drop what one drops.

    Layers of Keras and ours all draw by two functions of Keras's backend, which others stand for within the block. What
    has a first dimension that is not known when the step is traced belongs to the rows; masks of weights have a known
    one, and are the same for all workers.

    Args:
        rows: of the batch, that the worker has, int32 (rows,).
        batch_rows: how many the batch has, int32 ().
        whole: seed generators of draws that are not of rows.
    """
    random = import_module("keras.src.backend").random
    drop, draw = random.dropout, random.uniform
    not_of_rows = {id(generator) for generator in whole}

    def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
        if inputs.shape[0] is not None or id(seed) in not_of_rows:
            return drop(inputs, rate, noise_shape, seed)
        whole = ops.shape(inputs)
        sizes = [size if one is None else one for one, size in zip(noise_shape or whole, whole, strict=True)]
        kept = drop(ops.ones((batch_rows, *sizes[1:]), inputs.dtype), rate, seed=seed)
        return inputs * ops.take(kept, rows, axis=0)

    def uniform(shape: Any, *arguments: Any, seed: Any = None, **keywords: Any) -> Any:
        if isinstance(shape[0], int) or id(seed) in not_of_rows:
            return draw(shape, *arguments, seed=seed, **keywords)
        return ops.take(draw((batch_rows, *shape[1:]), *arguments, seed=seed, **keywords), rows, axis=0)

    random.dropout, random.uniform = dropout, uniform
    try:
        yield
    finally:
        random.dropout, random.uniform = drop, draw
