"""The loop of a sweep: as many trials at a time as the cluster has room for, until the ledger has no more."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from embeddings.foundation.errors import InputError, one_line
from pipelines.cluster.files import NodeFile, forget_everywhere, put
from pipelines.cluster.memory import out_of_memory
from pipelines.cluster.nodes import alive, check_nodes, check_room, on_node, room
from pipelines.cluster.threads import bounded
from pipelines.sweeping.config import Plan
from pipelines.sweeping.job import Job
from pipelines.sweeping.ledger import Ledger
from pipelines.sweeping.records import Record, Records
from pipelines.sweeping.search import Better

LOOK_SECONDS = 0.5  # between two looks at the trials


class Driver:
    """Runs the trials of one sweep.

    Args:
        ray: the module, connected.
        plan: the sweep.
        files: what trials read.
        records: the folder of the records.
        better: which scores are.
        shared: whether every node sees the paths of the files.
    """

    def __init__(
        self, ray: Any, plan: Plan, files: Sequence[NodeFile], records: Path, better: Better, *, shared: bool
    ) -> None:
        resources = plan.sweep.resources
        Records(records).read()  # refuses a damaged one here, in one line; the actor's error is a traceback
        self._shared = [file.path for file in files] if shared else []
        self._checked = check_nodes(ray, self._shared)
        self._needs = {name: amount for name, amount in resources.of_ray().items() if amount}
        if not resources.at_once:  # else nodes may come when there is work for them
            check_room(alive(ray), self._needs)
        self.ray, self.plan = ray, plan
        made_of = [str(records.resolve()), *(f"{file.name} {file.sha256}" for file in files)]
        self._name = hashlib.sha256("\0".join(made_of).encode()).hexdigest()[:16]
        self._files = list(files) if shared else put(ray, files)
        here = on_node(ray.get_runtime_context().get_node_id())
        actor = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1, scheduling_strategy=here)(Ledger)
        self._ledger = actor.remote(plan, records.resolve(), better)
        self._task = ray.remote(
            num_cpus=resources.cpus,
            num_gpus=resources.gpus,
            memory=resources.memory_bytes or None,
            max_retries=0,  # the ledger counts how often a trial is begun
            scheduling_strategy="SPREAD",
            runtime_env={"env_vars": bounded(resources.cpus)},
        )(_train)

    def run(self, show: Callable[[Sequence[Record]], None]) -> list[Record]:
        """Runs trials until there are no more; gives the records.

        Args:
            show: is called with the records now and then.
        """
        running: dict[Any, int] = {}  # reference to the end of a process -> number of its trial
        while True:
            while len(running) < self._at_once() and (record := self._ask("next", [*running.values()])):
                if reference := self._begin(record):
                    running[reference] = record.number
            self._checked = check_nodes(self.ray, self._shared, self._checked)  # those that have come meanwhile
            show(self._ask("all"))
            if not running:
                break
            done, _ = self.ray.wait([*running], timeout=LOOK_SECONDS)
            for reference in done:
                self._settle(running.pop(reference), reference)
        forget_everywhere(self.ray, self._name)
        return self._ask("all")

    def _at_once(self) -> int:
        return self.plan.sweep.resources.at_once or room(alive(self.ray), self._needs)

    def _ask(self, method: str, *arguments: Any) -> Any:
        return self.ray.get(getattr(self._ledger, method).remote(*arguments))

    def _begin(self, record: Record) -> Any:
        """A reference to the end of a process that trains a trial; None where its values do not go together."""
        try:
            settings = self.plan.settings(self.plan.space.values(record.drawn), record.seed)
        except InputError as error:
            self._ask("fail", record.number, one_line(str(error)))
            return None
        resources = self.plan.sweep.resources
        memory = 0 if resources.gpus else resources.memory_bytes  # CUDA maps more than it holds
        job = Job(self._name, record.number, record.attempts, settings, self._files, memory)
        return self._task.remote(job, self._ledger)

    def _settle(self, number: int, reference: Any) -> None:
        """Tells the ledger of a process that has ended without telling it a result itself."""
        errors = self.ray.exceptions
        try:
            if problem := self.ray.get(reference):
                self._ask("fail", number, problem)
        except errors.OutOfMemoryError:
            self._ask("fail", number, "out of memory: its node had none left, and Ray ended the process")
        except errors.RayError as error:
            cause: Any = getattr(error, "cause", None) or error
            if lacking := out_of_memory(cause):
                self._ask("fail", number, lacking)
                return
            # Else its process, its node, the ledger or an input was out of reach.
            raised = isinstance(cause, errors.RayTaskError) or not isinstance(cause, errors.RayError)
            self._ask("fail" if raised else "crash", number, one_line(str(cause)))


def _train(job: Job, ledger: Any) -> str:
    from pipelines.sweeping.trial import train_trial  # Keras, which this process does not need

    return train_trial(job, ledger)
