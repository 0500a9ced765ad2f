"""Sequences whose items are computed when they are asked for."""

import pytest

from pipelines.data.computed import Computed


def test_items_are_those_of_their_places_and_a_slice_is_a_list():
    squares = Computed(5, lambda place: place**2)
    assert (len(squares), list(squares), squares[-1], squares[1:4:2]) == (5, [0, 1, 4, 9, 16], 16, [1, 9])
    with pytest.raises(IndexError):
        squares[5]


def test_an_index_error_of_an_item_does_not_end_the_sequence_in_silence():
    with pytest.raises(IndexError):
        list(Computed(5, [1, 2, 3].__getitem__))
