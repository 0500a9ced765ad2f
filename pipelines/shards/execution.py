"""Where shards are worked on: one after another in this process, or on the nodes of a Ray cluster.

What a job makes comes back in pieces to the node of the command, which alone writes. A process or node that dies takes
no more with it than the job that it had, which another one repeats.
"""

import contextlib
import os
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError, one_line
from pipelines.cluster.connection import connected
from pipelines.cluster.files import NodeFile, described, forget_everywhere, put
from pipelines.cluster.memory import out_of_memory
from pipelines.cluster.nodes import alive, check_nodes, check_room, room
from pipelines.cluster.threads import bounded
from pipelines.datasets.shards import Shard, is_url

CRASHES = 3  # of a job
LOOK_SECONDS = 1.0  # between two looks at the nodes
PIECES = 4  # of a job that may wait to be written
PIECE_BYTES = 1 << 22
ADVICE = "mount it there under the same name, or give a URL that every node can reach"
Piece = tuple[str, bytes]  # of a file, by its name


@dataclass(frozen=True)
class Job:
    """A shard, and the name of what it becomes."""

    name: str
    shard: Shard
    split: str = ""  # of a dataset


Work = Callable[[Job], Iterator[Piece]]
Sink = Callable[[Job], AbstractContextManager[Callable[[Piece], object]]]


class Machines(ABC):
    """What works on shards."""

    cpus: int | None  # of a job; None: all that this machine has
    group: str  # names what nodes keep while the command runs

    @abstractmethod
    def lend(self, folder: Path) -> tuple[NodeFile, ...] | None:
        """The files of a folder as a job elsewhere gets them; None: jobs read the folder."""

    @abstractmethod
    def run(self, jobs: Sequence[Job], work: Work, sink: Sink, ended: Callable[[], None]) -> None:
        """Works on jobs and writes what they make.

        Args:
            jobs: what to do, in the order in which it is begun.
            work: makes pieces of a job.
            sink: opened for each job, takes its pieces; what it writes counts when it is closed without an error.
            ended: called at the end of each job.

        Raises:
            InputError: a shard cannot be read, or the process of a job died several times.
        """


class Here(Machines):
    """This process."""

    cpus, group = None, ""

    def lend(self, folder: Path) -> None:
        return None

    def run(self, jobs: Sequence[Job], work: Work, sink: Sink, ended: Callable[[], None]) -> None:
        for job in jobs:
            with sink(job) as write:
                for piece in work(job):
                    write(piece)
            ended()


@dataclass
class _Begun:
    """A job that has been begun on a node."""

    job: Job
    written: ExitStack  # of its sink
    write: Callable[[Piece], object]


class Nodes(Machines):
    """The nodes of a Ray cluster.

    Args:
        ray: the module, connected.
        cpus: of a job, and its threads.
        jobs: how many at a time, where nodes come when there is work for them; None: what there is room for.
        shards: which every node must see.
    """

    def __init__(self, ray: Any, cpus: int, jobs: int | None, shards: Sequence[Shard]) -> None:
        self.ray, self.cpus, self._jobs = ray, cpus, jobs
        self._needs, self._environment = {"CPU": cpus}, bounded(cpus)
        self.group = f"shards-{os.getpid()}"
        self._shared = [shard.path for shard in shards if not is_url(shard.path)]
        self._checked = check_nodes(ray, self._shared, advice=ADVICE)
        if not jobs:
            check_room(alive(ray), self._needs)

    def lend(self, folder: Path) -> tuple[NodeFile, ...]:
        paths = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
        return tuple(put(self.ray, described(paths)))

    def run(self, jobs: Sequence[Job], work: Work, sink: Sink, ended: Callable[[], None]) -> None:
        task = self.ray.remote(
            num_cpus=self.cpus,
            max_retries=0,  # counted here
            num_returns="streaming",
            scheduling_strategy="SPREAD",
            runtime_env={"env_vars": self._environment},
            _generator_backpressure_num_objects=PIECES,
        )(_work)
        waiting, crashes = deque(jobs), Counter[str]()
        begun: dict[Any, _Begun] = {}  # the pieces to come -> whose they are
        try:
            while waiting or begun:
                while waiting and len(begun) < (self._jobs or room(alive(self.ray), self._needs)):
                    job = waiting.popleft()
                    stack = ExitStack()
                    begun[task.remote(work, job)] = _Begun(job, stack, stack.enter_context(sink(job)))
                if not begun:  # nodes have died
                    check_room(alive(self.ray), self._needs)
                    continue
                ready, _ = self.ray.wait([*begun], num_returns=1, timeout=LOOK_SECONDS)
                for pieces in ready:
                    each = begun[pieces]
                    try:
                        each.write(self.ray.get(next(pieces)))
                    except StopIteration:
                        del begun[pieces]
                        each.written.close()
                        ended()
                    except self.ray.exceptions.RayError as error:
                        del begun[pieces]
                        _discard(each)
                        crashes[each.job.name] += 1
                        _refuse(self.ray, each.job, error, crashes[each.job.name])
                        waiting.appendleft(each.job)
                self._checked = check_nodes(self.ray, self._shared, self._checked, ADVICE)
        finally:
            for pieces, each in begun.items():
                _discard(each)
                self.ray.cancel(pieces, force=True)


@contextlib.contextmanager
def machines(address: str | None, cpus: int, jobs: int | None, shards: Sequence[Shard]) -> Iterator[Machines]:
    """What works on shards: the nodes of the cluster at an address, or without one this process.

    Args:
        address: of the cluster.
        cpus: of a job there, and its threads.
        jobs: how many at a time there; None: what there is room for.
        shards: that are to be read.

    Raises:
        InputError: there is no cluster, or a node does not fit or does not see a shard.
    """
    if not address:
        yield Here()
        return
    with connected(address) as ray:
        nodes = Nodes(ray, cpus, jobs, shards)
        try:
            yield nodes
        finally:
            forget_everywhere(ray, nodes.group)


def _work(work: Work, job: Job) -> Iterator[Piece]:
    yield from work(job)


def _discard(begun: _Begun) -> None:
    """Ends a sink as if it had failed."""
    error = InterruptedError()
    with contextlib.suppress(InterruptedError):
        begun.written.__exit__(type(error), error, None)


def _refuse(ray: Any, job: Job, error: Exception, crashes: int) -> None:
    """Raises what a job has raised, and an error where its process has died too often."""
    if isinstance(error, ray.exceptions.RayTaskError):
        cause: Any = getattr(error, "cause", None)
        if isinstance(cause, InputError):
            raise cause from None
        if reason := out_of_memory(cause):
            raise InputError(f"{job.shard.path}: its node says: {reason}") from None
        if isinstance(cause, OSError | ModuleNotFoundError):
            raise InputError(f"{job.shard.path}: its node says: {one_line(str(cause))}") from None
        raise error
    if crashes >= CRASHES:
        told = f"expected it to be read, but the process died {CRASHES} times: {one_line(str(error))}"
        raise InputError(f"{job.shard.path}: {told}") from None


def in_pieces(name: str, parts: Iterator[bytes]) -> Iterator[Piece]:
    """The bytes of a file, joined to pieces of some megabytes; of an empty one, a piece without any."""
    held, size, any_yet = [], 0, False
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= PIECE_BYTES:
            yield name, b"".join(held)
            held, size, any_yet = [], 0, True
    if held or not any_yet:
        yield name, b"".join(held)


def by_name(names: Sequence[str], shards: Sequence[Shard]) -> Mapping[str, Shard]:
    """Shards by the names of what they become.

    Raises:
        InputError: two become the same.
    """
    found: dict[str, Shard] = {}
    for name, shard in zip(names, shards, strict=True):
        if name in found:
            told = f"expected names that differ without their endings, got that of {found[name].path}"
            raise InputError(f"{shard.path}: {told}; rename one")
        found[name] = shard
    return found
