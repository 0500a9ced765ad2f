"""The space of a sweep: the settings that its trials differ in, and the values that each may take."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from embeddings.foundation.config import freeze, nearest
from embeddings.foundation.errors import InputError

PARTS = ("model", "training", "cell", "vectors")
KINDS = ("choices", "range", "log_range", "integers", "log_integers")
LARGEST_GRID = 100_000
LARGEST_NUMBER = 2**53  # up to which every whole number is a float
Values = dict[str, dict[str, Any]]  # part -> key -> value, as a run's `set:` holds them
Drawn = dict[str, Any]  # name of a dimension -> what the search drew: a number, or the position of a choice


@dataclass(frozen=True)
class Dimension:
    """A key and the values that it may take."""

    part: str  # one of PARTS
    key: str
    kind: str  # one of KINDS
    values: tuple[Any, ...]  # the choices, or the lowest and the highest number

    @property
    def name(self) -> str:
        """The path of the key."""
        return f"{self.part}.{self.key}"

    def value(self, drawn: Any) -> Any:
        """The value of the key, of what a search drew."""
        return self.values[drawn] if self.kind == "choices" else drawn

    def grid(self) -> range:
        """All that a search may draw.

        Raises:
            InputError: there are infinitely many.
        """
        if self.kind == "choices":
            return range(len(self.values))
        if self.kind in ("integers", "log_integers"):
            return range(self.values[0], self.values[1] + 1)
        raise InputError(f"{self.name}: a grid takes choices or integers, got {self.kind}; list choices")

    def distribution(self) -> Any:
        """Optuna's distribution."""
        distributions = import_module("optuna.distributions")  # of an extra
        if self.kind == "choices":
            return distributions.CategoricalDistribution(range(len(self.values)))
        log = self.kind.startswith("log_")
        whole = self.kind.endswith("integers")
        return (distributions.IntDistribution if whole else distributions.FloatDistribution)(*self.values, log=log)


@dataclass(frozen=True)
class Space:
    """All dimensions of a sweep."""

    dimensions: tuple[Dimension, ...]

    def values(self, drawn: Mapping[str, Any]) -> Values:
        """The settings of a trial."""
        found: Values = {}
        for each in self.dimensions:
            found.setdefault(each.part, {})[each.key] = each.value(drawn[each.name])
        return found

    def grid(self) -> Iterator[Drawn]:
        """Every combination, the last dimension changing fastest.

        Raises:
            InputError: there are infinitely many, or far too many.
        """
        names, ranges = [each.name for each in self.dimensions], [each.grid() for each in self.dimensions]
        if (size := math.prod(map(len, ranges))) > LARGEST_GRID:
            raise InputError(f"expected a grid of at most {LARGEST_GRID:,} configurations, got {size:,}; vary less")
        for drawn in itertools.product(*ranges):
            yield dict(zip(names, drawn, strict=True))

    def distributions(self) -> dict[str, Any]:
        """Optuna's distribution of each dimension."""
        return {each.name: each.distribution() for each in self.dimensions}

    def single_values(self) -> Iterator[Values]:
        """Each choice and each end of a range by itself, to be checked before any trial."""
        for each in self.dimensions:
            for value in each.values:
                yield {each.part: {each.key: value}}


def build_space(entries: Mapping[str, Any], where: object) -> Space:
    """Builds a space from `{part: {key: {kind: values}}}`.

    Args:
        entries: what a sweep file holds under `space`.
        where: it stands, for errors.

    Raises:
        InputError: it is empty, or a part, a kind or its values are wrong.
    """
    found = []
    for part, keys in entries.items():
        if part not in PARTS:
            raise InputError(f"{where}: `space` takes {', '.join(PARTS)}, got {part!r}{nearest(str(part), [*PARTS])}")
        if not isinstance(keys, Mapping):
            raise InputError(f"{where}: expected keys to values under {part!r} of `space`, got {keys!r}")
        found += [_dimension(str(part), str(key), entry, where) for key, entry in keys.items()]
    if not found:
        raise InputError(f"{where}: expected keys to vary under `space`, got none; such as cell: {{units: ...}}")
    return Space(tuple(found))


def _dimension(part: str, key: str, entry: Any, where: object) -> Dimension:
    place = f"{where}: {part}.{key}"
    if not isinstance(entry, Mapping) or len(entry) != 1:
        raise InputError(f"{place}: expected one of {', '.join(KINDS)}, such as {{choices: [1, 2]}}, got {entry!r}")
    ((kind, values),) = entry.items()
    if kind not in KINDS:
        raise InputError(f"{place}: unknown kind {kind!r}{nearest(str(kind), [*KINDS])}")
    values = freeze(values)
    if not isinstance(values, tuple):
        raise InputError(f"{place}: expected a list under {kind!r}, got {values!r}")
    if kind == "choices":
        if not values:
            raise InputError(f"{place}: expected choices, got an empty list; list values, or remove the key")
        if any(value in values[:position] for position, value in enumerate(values)):
            raise InputError(f"{place}: expected each choice once, got {list(values)}")
    else:
        _check_ends(kind, values, place)
    return Dimension(part, key, kind, values)


def _check_ends(kind: str, values: Sequence[Any], place: str) -> None:
    kinds = (int,) if kind.endswith("integers") else (int, float)
    numbers = "whole numbers" if kind.endswith("integers") else "numbers"
    of_kind = all(isinstance(value, kinds) and not isinstance(value, bool) for value in values)
    if (
        len(values) != 2
        or not of_kind
        or not all(abs(value) <= LARGEST_NUMBER for value in values)
        or values[0] >= values[1]
    ):
        raise InputError(f"{place}: expected two {numbers} under {kind!r}, the lower first, got {list(values)}")
    if kind.startswith("log_") and values[0] <= 0:
        raise InputError(f"{place}: expected numbers above 0 under {kind!r}, got {values[0]}")
