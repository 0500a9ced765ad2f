"""Runs that differ by nothing but their seed, which stands at the end of their names: `NAME-1`, `NAME-2`, ..."""

from collections.abc import Mapping

from pipelines.reporting.systems import Entry


def by_group(runs: Mapping[str, Entry]) -> dict[str, dict[int, str]]:
    """The names of runs by seed, by the name that they share; a name without its seed stands alone."""
    groups: dict[str, dict[int, str]] = {}
    for name, run in runs.items():
        groups.setdefault(name.removesuffix(f"-{run.seed}"), {})[run.seed] = name
    return groups
