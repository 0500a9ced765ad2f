"""Chains of stages: what can run at the same time, and what had better begin early."""

import fnmatch
import glob
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Chain:
    """Stages that run one after the other: each waits for the one before it alone, and nothing else waits for that.

    Attributes:
        stages: their names.
        needs: stages of other chains, which have to be finished.
        weight: bytes that this chain and the heaviest of those behind it read.
        targets: patterns of the stages' names, of which one is best, since DVC reads all of its files for each.
    """

    stages: tuple[str, ...]
    needs: frozenset[str]
    weight: int
    targets: tuple[str, ...]

    @property
    def name(self) -> str:
        """`ner-gru` of train@ner-gru, predict@ner-gru and evaluate@ner-gru."""
        return self.stages[0].partition("@")[2] or self.stages[0]


def chains(
    needs: Mapping[str, Sequence[str]], sizes: Mapping[str, int], wanted: Collection[str] | None = None
) -> list[Chain]:
    """The chains of a graph, each behind those that it needs.

    Args:
        needs: stage -> the stages that it waits for.
        sizes: stage -> bytes that it reads, as a stage that reads more takes longer.
        wanted: the stages to be made, with all that they need; None: all.
    """
    import networkx

    befores = {stage: before for stage, before in needs.items() if wanted is None or stage in wanted}
    whole: Any = networkx.DiGraph([(before, stage) for stage in befores for before in befores[stage]])
    whole.add_nodes_from(befores)
    graph = networkx.transitive_reduction(whole)
    order = list(networkx.lexicographical_topological_sort(graph, key=list(needs).index))
    weights: dict[str, int] = {}
    for stage in reversed(order):
        weights[stage] = sizes.get(stage, 0) + max((weights[after] for after in graph.successors(stage)), default=0)
    members: dict[str, list[str]] = {}  # the chain's first stage -> its stages
    first: dict[str, str] = {}
    for stage in order:
        before = list(graph.predecessors(stage))
        alone = len(before) == 1 and graph.out_degree(before[0]) == 1
        first[stage] = first[before[0]] if alone else stage
        members.setdefault(first[stage], []).append(stage)
    return [
        Chain(
            tuple(stages), frozenset(graph.predecessors(stages[0])), weights[stages[0]], patterns(stages, list(needs))
        )
        for stages in members.values()
    ]


def patterns(stages: Sequence[str], every: Sequence[str]) -> tuple[str, ...]:
    """`*@key` where these are, in this order, all stages of a key; else their names."""
    key = stages[0].partition("@")[2]
    shared = "*@" + glob.escape(key)
    if key and fnmatch.filter(every, shared) == list(stages):
        return (shared,)
    return tuple(glob.escape(stage) for stage in stages)


def stale_chains(ordered: Sequence[Chain], stale: Collection[str]) -> list[Chain]:
    """The chains that hold a stale stage, and all behind them."""
    found: list[Chain] = []
    renewed: set[str] = set()
    for chain in ordered:
        if chain.needs & renewed or not set(chain.stages).isdisjoint(stale):
            found.append(chain)
            renewed.update(chain.stages)
    return found
