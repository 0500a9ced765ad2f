"""A sequence whose items are computed when they are asked for, so that what is larger than memory may stay on disk."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item", covariant=True)


class Computed(Sequence[Item]):
    """A sequence of computed items; a slice of it is a list.

    Args:
        length: how many there are.
        item: gives one by its place, from 0.
    """

    def __init__(self, length: int, item: Callable[[int], Item]) -> None:
        self._places = range(length)
        self._item = item

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, place: Any) -> Any:
        places = self._places[place]
        return [self._item(each) for each in places] if isinstance(places, range) else self._item(places)

    def __iter__(self) -> Iterator[Item]:  # that of `Sequence` would end in silence at an IndexError of an item
        return map(self._item, self._places)
