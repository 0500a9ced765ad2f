"""NumPy files that others may have written, memory-mapped."""

from pathlib import Path

import numpy as np

from embeddings.foundation.errors import InputError
from embeddings.foundation.reading import open_file

_MAGIC = b"\x93NUMPY"


def open_array(path: Path) -> np.ndarray:
    """Opens a NumPy file, memory-mapped and read-only.

    Raises:
        InputError: it is something else, damaged, holds objects, or has not the bytes that its header declares.
        OSError: it cannot be opened.
    """
    with open_file(path) as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise InputError(f"{path}:1: expected a NumPy file (.npy), got something else; write it with numpy.save")
    try:
        with np.errstate(all="raise"):
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        whole = array.offset + array.nbytes == path.stat().st_size
    except OSError:
        raise
    except Exception as error:  # a header is a literal of Python that NumPy parses: errors of a dozen kinds
        what = "objects, which would be unpickled" if "Python objects" in str(error) else "a damaged header"
        raise InputError(f"{path}:1: expected a whole NumPy file of numbers, got {what}; write it again") from None
    if not whole:
        raise InputError(f"{path}:1: expected a whole NumPy file, got another number of bytes; write it again")
    return array
