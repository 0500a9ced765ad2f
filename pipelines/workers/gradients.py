"""The gradients of the parts of a batch, added up."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def added(of_parts: Sequence[Any], size: int, of_words: bool = False) -> Any:
    """The gradient of a variable, from those of the parts of a batch, in their order.

    A table that is looked up has a gradient of one row for each look-up. Keras squares them one by one, for the norm
    and in Adam, so that the rows of all parts are joined, as they are where one process reads the whole batch.

    Args:
        of_parts: an array each; or the indices and values of a table's rows, int (n,) and float (n, dimensions); or
            None, where the loss does not depend on the variable.
        size: rows of the variable.
        of_words: whether every part looks up the same, the words of the batch.
    """
    first = of_parts[0]
    if first is None:
        return None
    if isinstance(first, np.ndarray):
        return sum(of_parts[1:], first)
    indices, values = [each[0] for each in of_parts], [each[1] for each in of_parts]
    if of_words:
        return first[0], sum(values[1:], values[0])
    # A table that is the output layer as well has, before all others, one row for each of its own.
    own = np.arange(size)
    if all(np.array_equal(each[:size], own) for each in indices):
        rest = [np.concatenate([each[size:] for each in arrays]) for arrays in (indices, values)]
        whole = sum((each[:size] for each in values[1:]), values[0][:size])
        return np.concatenate([own.astype(first[0].dtype), rest[0]]), np.concatenate([whole, rest[1]])
    return np.concatenate(indices), np.concatenate(values)
