"""Workers on a Ray cluster: processes that compute gradients. One that dies is replaced, and its step repeated."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras
import numpy as np

from embeddings.foundation.errors import InputError, one_line
from pipelines.cluster.connection import connected
from pipelines.cluster.memory import out_of_memory
from pipelines.cluster.nodes import alive, check_nodes, room
from pipelines.cluster.threads import bounded
from pipelines.training.experiment import Experiment
from pipelines.training.fit import MakeStep
from pipelines.training.seeding import seed_everything
from pipelines.workers.rows import Part
from pipelines.workers.shard import Description, Gradients, Shard
from pipelines.workers.step import Step

log = logging.getLogger(__name__)

DEATHS = 3  # in a row, of the processes of one worker
START_SECONDS = 300  # in which a cluster must have started one
GROWING = {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}  # so that TensorFlow leaves memory of a GPU to the command's process


class Actor:
    """A worker's process."""

    def begin(self, description: Description) -> None:
        """Makes the model."""
        seed_everything(0)  # operations are deterministic; what is drawn comes with each step
        with _told_of_memory():
            self.shard = Shard(description)

    def gradients(self, told: tuple[tuple[int, ...], list[np.ndarray]], part: Part) -> Gradients:
        """As `Shard.gradients` gives them."""
        with _told_of_memory():
            return self.shard.gradients(*told, part)


class Actors:
    """Workers of a cluster, as `Step` takes them.

    Args:
        ray: the module, connected.
        count: how many.
        cpus: of each, and its threads.
        device: of this process, which they have as well.
    """

    def __init__(self, ray: Any, count: int, cpus: int, device: str) -> None:
        self.ray, self.count = ray, count
        self._checked = check_nodes(ray)
        on_gpu = device.startswith("gpu")
        needs = {"CPU": float(cpus), **({"GPU": 1.0} if on_gpu else {})}
        if (found := room(alive(ray), needs)) < count:
            wanted = ", ".join(f"{name} {amount:g}" for name, amount in needs.items())
            raise InputError(
                f"training.workers: expected nodes with room for {count} workers of {wanted} each, got {found}; "
                "lower it, or start more nodes"
            )
        self._make = ray.remote(
            num_cpus=cpus,
            num_gpus=int(on_gpu),
            max_restarts=0,  # whoever comes new needs the model first
            scheduling_strategy="SPREAD",
            runtime_env={"env_vars": {**bounded(cpus), **(GROWING if on_gpu else {"CUDA_VISIBLE_DEVICES": "-1"})}},
        )(Actor).remote

    def begin(self, description: Description) -> None:
        """Starts the processes and gives each the model."""
        self._description = self.ray.put(description)
        starting = [self._start() for _ in range(self.count)]
        self._actors = [self._begun(number, *begun) for number, begun in enumerate(starting)]

    def gradients(self, trained: tuple[int, ...], values: list[np.ndarray], parts: Sequence[Part]) -> list[Gradients]:
        """What each worker makes of its part of a batch."""
        told = self.ray.put((trained, values))
        running = [actor.gradients.remote(told, part) for actor, part in zip(self._actors, parts, strict=False)]
        return [self._answer(number, each, told, parts[number]) for number, each in enumerate(running)]

    def _answer(self, number: int, running: Any, told: Any, part: Part) -> Gradients:
        deaths = 0
        while True:
            try:
                return self.ray.get(running)
            except self.ray.exceptions.RayTaskError as error:
                raise _described(number, error) from None
            except self.ray.exceptions.RayError as error:
                deaths += 1
                if deaths >= DEATHS:
                    said = one_line(str(error))
                    raise InputError(f"worker {number + 1}: its process died {DEATHS} times in a row: {said}") from None
            log.info(f"worker {number + 1}: its process died; another one computes the step again")
            self._checked = check_nodes(self.ray, checked=self._checked)
            self._actors[number] = self._begun(number, *self._start())
            running = self._actors[number].gradients.remote(told, part)

    def _start(self) -> tuple[Any, Any]:
        actor = self._make()
        return actor, actor.begin.remote(self._description)

    def _begun(self, number: int, actor: Any, begun: Any) -> Any:
        try:
            self.ray.get(begun, timeout=START_SECONDS)
        except self.ray.exceptions.GetTimeoutError:
            raise InputError(
                f"worker {number + 1}: expected the cluster to start it within {START_SECONDS} s, got nothing; start "
                "more nodes and run the command again, and training goes on after its last epoch"
            ) from None
        except self.ray.exceptions.RayTaskError as error:
            raise _described(number, error) from None
        except self.ray.exceptions.RayError as error:
            raise InputError(f"worker {number + 1}: its process died at its start: {one_line(str(error))}") from None
        return actor


@contextmanager
def actors(address: str | None, count: int, cpus: int, device: str) -> Iterator[Actors]:
    """Workers on the cluster at an address, or on this machine, for as long as the block runs.

    Raises:
        InputError: Ray is not installed, there is no cluster, a node does not fit, there is no room, or Keras does not
            run on TensorFlow.
    """
    if (backend := keras.backend.backend()) != "tensorflow":
        raise InputError(f"training.workers: expected Keras on TensorFlow, got {backend}; unset KERAS_BACKEND")
    with connected(address) as ray:
        yield Actors(ray, count, cpus, device)


@contextmanager
def step_of_workers(experiment: Experiment, count: int, address: str | None, cpus: int) -> Iterator[MakeStep]:
    """What `fit` takes as `make_step`, with workers for as long as the block runs; arguments are those of `actors`."""
    with actors(address, count, cpus, experiment.device) as workers:
        yield partial(Step, workers=workers, cell=experiment.task.cell.cell)


@contextmanager
def _told_of_memory() -> Iterator[None]:
    """Makes an `InputError` of want of memory."""
    try:
        yield
    except Exception as error:
        if reason := out_of_memory(error):
            raise InputError(reason) from None
        raise


def _described(number: int, error: Any) -> Exception:
    """What a worker raised: in one line, where the user can do something about it."""
    if isinstance(error.cause, InputError):
        return InputError(f"worker {number + 1}: {error.cause}")
    if reason := out_of_memory(error.cause):
        return InputError(f"worker {number + 1}: {reason}")
    return error
