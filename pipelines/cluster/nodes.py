"""The nodes of a cluster: each must run the same Python and the same Elman, and see the paths that all are to share."""

import platform
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from embeddings.foundation.errors import InputError

SHARED = "mount it there under the same name, or write `inputs: object_store`"  # advice, of a sweep
PROBE_SECONDS = 90  # in which a node must have started a process; Ray lets one of another Python wait for ever


@dataclass(frozen=True)
class Installed:
    """What a node runs."""

    python: str
    elman: str


def installed() -> Installed:
    """What this process runs; of Elman, its version and the first digits of a checksum of its code."""
    import hashlib
    from importlib.metadata import version
    from pathlib import Path

    import embeddings
    import pipelines

    digest = hashlib.sha256()
    for package in (embeddings, pipelines):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return Installed(platform.python_version(), f"{version('elman')}, code {digest.hexdigest()[:10]}")


def alive(ray: Any) -> list[dict[str, Any]]:
    """The nodes of the cluster, as Ray describes them."""
    return [node for node in ray.nodes() if node["Alive"]]


def on_node(node: str) -> Any:
    """The strategy that places a process on one node, by its id."""
    strategies = import_module("ray.util.scheduling_strategies")  # of an extra
    return strategies.NodeAffinitySchedulingStrategy(node, soft=False)


def check_nodes(ray: Any, shared: Sequence[str] = (), checked: Collection[str] = (), advice: str = SHARED) -> set[str]:
    """Asks every node what it runs and sees; gives their ids.

    Args:
        ray: the module, connected.
        shared: absolute paths that every node is to see.
        checked: ids of nodes that have been asked before.
        advice: what to do about a path that a node does not see.

    Raises:
        InputError: one runs something else than this process, does not see a path, or does not answer.
    """

    def probe() -> dict[str, Any]:  # inside, so that it reaches a node that has no such module
        import os
        import platform

        missing = [path for path in shared if not os.path.exists(path)]
        try:
            from pipelines.cluster.nodes import installed
        except ImportError as error:
            return {"python": platform.python_version(), "elman": f"none ({error})", "missing": missing}
        return {**vars(installed()), "missing": missing}

    nodes = {node["NodeID"]: node["NodeManagerAddress"] for node in alive(ray) if node["NodeID"] not in checked}
    if not nodes:
        return {*checked}
    task = ray.remote(num_cpus=0, max_retries=0)(probe)
    asked = {node: task.options(scheduling_strategy=on_node(node)).remote() for node in nodes}
    expected = asdict(installed())
    for node, answer in asked.items():
        try:
            got = ray.get(answer, timeout=PROBE_SECONDS)
        except ray.exceptions.RayError as error:
            if node not in {each["NodeID"] for each in alive(ray)}:
                continue  # it has died
            lines = str(error).strip().splitlines() or [type(error).__name__]
            wanted = f"Python {expected['python']} and Ray {ray.__version__} as here"
            raise InputError(f"node {nodes[node]}: expected {wanted}, got no answer: {lines[-1]}") from None
        check_node(nodes[node], expected, got, advice)
    return {*nodes, *checked}


def check_node(address: str, expected: Mapping[str, str], got: Mapping[str, Any], advice: str = SHARED) -> None:
    """Compares what a node said with what is here.

    Raises:
        InputError: it differs.
    """
    for name, of_here in expected.items():
        if got[name] != of_here:
            there = f"expected {name.capitalize()} {of_here} as here, got {got[name]}"
            raise InputError(f"node {address}: {there}; install the same on every node")
    if got["missing"]:
        raise InputError(f"node {address}: expected the path {got['missing'][0]}, which is not there; {advice}")


def room(nodes: Sequence[Mapping[str, Any]], needs: Mapping[str, float]) -> int:
    """How many processes nodes have room for at a time.

    Args:
        nodes: from `alive`.
        needs: Ray's names of resources (`CPU`, `GPU`, `memory`) -> amount a process, above 0.
    """
    return sum(int(min(node["Resources"].get(name, 0) / amount for name, amount in needs.items())) for node in nodes)


def check_room(nodes: Sequence[Mapping[str, Any]], needs: Mapping[str, float]) -> None:
    """Refuses resources that no node has, for which Ray would wait for ever.

    Args:
        nodes: from `alive`.
        needs: as `room` takes them.

    Raises:
        InputError: no single node has all of them.
    """
    if not room(nodes, needs):
        wanted = ", ".join(f"{name} {amount:g}" for name, amount in needs.items())
        had = " or ".join(sorted({_amounts(node["Resources"], needs) for node in nodes})) or "no node"
        raise InputError(f"resources: expected a node with {wanted}, got {had}; ask for less, or say how many at once")


def _amounts(resources: Mapping[str, float], needs: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {resources.get(name, 0):g}" for name in needs)
