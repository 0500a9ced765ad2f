"""Encoded examples in files: the same ids, and nothing left behind."""

import numpy as np

from pipelines.batches.batching import Encoded
from pipelines.batches.encoded_file import encoded_file

ENCODED = [Encoded([4, 5, 6], target=[0]), Encoded(np.array([7], "int32"), target=[]), Encoded([8, 9], target=[1, 2])]


def test_ids_are_those_that_were_written_and_the_folder_stays_empty(tmp_path):
    found = encoded_file(iter(ENCODED), tmp_path)
    assert [(each.source.tolist(), each.target.tolist()) for each in found] == [
        ([4, 5, 6], [0]),
        ([7], []),
        ([8, 9], [1, 2]),
    ]
    assert len(found) == 3
    assert found[-1].source.dtype == "int32"
    assert not list(tmp_path.iterdir())


def test_ids_are_mapped_and_not_held_in_memory(tmp_path):
    found = encoded_file(iter(ENCODED), tmp_path)
    base = found[0].source
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)


def test_no_examples_are_none(tmp_path):
    assert list(encoded_file([], tmp_path)) == []
