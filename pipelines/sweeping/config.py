"""Sweep files: a run, the space around it, how that is searched, and what it may cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from embeddings.config import TrainedConfig, VectorsConfig
from embeddings.foundation.config import build_config, load_config, nearest, read_yaml
from embeddings.foundation.errors import InputError
from embeddings.foundation.names import name_of_file
from embeddings.foundation.seeds import check_seed
from pipelines.models.config import EncoderConfig
from pipelines.runs.config import Run, load_runs, load_settings
from pipelines.sweeping.space import Space, Values, build_space
from pipelines.tasks.config import TaskConfig


@dataclass(frozen=True)
class Budget:
    """When no further trial begins."""

    trials: int | None = None  # trainings; a grid needs no number
    hours: float | None = None  # of the sweep, those before an interruption included; running trials pause after it

    def __post_init__(self) -> None:
        if self.trials is not None and self.trials < 1:
            raise ValueError(f"expected trials of at least 1, got {self.trials}")
        if self.hours is not None and self.hours <= 0:
            raise ValueError(f"expected hours above 0, got {self.hours}")


@dataclass(frozen=True)
class Resources:
    """What a trial takes of a node."""

    cpus: int = 1  # and as many threads
    gpus: float = 0
    memory_gigabytes: float | None = None  # of 10^9 bytes; a trial that wants more fails
    at_once: int | None = None  # trials; none: what the nodes that are there have room for

    def __post_init__(self) -> None:
        given = [value for value in (self.memory_gigabytes, self.at_once) if value is not None]
        if self.cpus < 1 or self.gpus < 0 or any(value <= 0 for value in given):
            raise ValueError("expected at least 1 of `cpus`, `gpus` from 0, `memory_gigabytes` and `at_once` above 0")
        if self.gpus > 1 and self.gpus % 1:
            raise ValueError(f"expected a part of one GPU or whole ones, which Ray gives, got gpus {self.gpus}")

    @property
    def memory_bytes(self) -> int:
        """Of a trial; 0 where none is said."""
        return int((self.memory_gigabytes or 0) * 1e9)

    def of_ray(self) -> dict[str, float]:
        """By Ray's names."""
        return {"CPU": self.cpus, "GPU": self.gpus, "memory": self.memory_bytes}


@dataclass(frozen=True)
class Sweep:
    """A sweep file."""

    run: str  # of the runs file
    space: dict[str, Any]  # {model | training | cell | vectors: {key: {kind: values}}}
    search: Literal["grid", "random", "tpe"]
    budget: Budget = field(default_factory=Budget)
    seeds: tuple[int, ...] = ()  # each configuration is trained with each of them; none: the run's
    search_seed: int = 1  # of what the search draws
    scheduler: Literal["none", "asha"] = "none"
    first_epochs: int = 1  # of a trial before asha first compares it
    keep: int = 3  # asha lets go on the best of so many
    resources: Resources = field(default_factory=Resources)
    inputs: Literal["object_store", "shared_path"] = "object_store"  # how data and vectors reach the nodes

    def __post_init__(self) -> None:
        for seed in (*self.seeds, self.search_seed):
            check_seed(seed)
        if len({*self.seeds}) < len(self.seeds):
            raise ValueError(f"expected each of seeds once, got {[*self.seeds]}")
        if self.budget.trials is not None and self.budget.trials < len(self.seeds):
            raise ValueError(f"expected `trials` of one a seed at least, {len(self.seeds)}, got {self.budget.trials}")
        if self.search != "grid" and self.budget.trials is None:
            raise ValueError(f"search {self.search!r} never ends by itself; write `budget: {{trials: ...}}`")
        if self.first_epochs < 1 or self.keep < 2:
            raise ValueError(f"expected first_epochs from 1, keep from 2, got {self.first_epochs} and {self.keep}")

    def described(self) -> dict[str, Any]:
        """What decides which trials there are; budget and resources may change between two starts."""
        names = ("run", "space", "search", "seeds", "search_seed", "scheduler", "first_epochs", "keep")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Settings:
    """All that a trial is trained with."""

    run: Run
    task: TaskConfig
    cell: EncoderConfig
    vectors: TrainedConfig | None  # how its source vectors are trained; None: they are there


@dataclass(frozen=True)
class Plan:
    """A sweep with what its file names, checked."""

    name: str
    sweep: Sweep
    space: Space
    base: Run
    configs: Path
    where: str

    @property
    def seeds(self) -> tuple[int, ...]:
        return self.sweep.seeds or (self.base.seed,)

    @property
    def trains_vectors(self) -> bool:
        """Whether each trial trains word vectors of its own."""
        return any(each.part == "vectors" for each in self.space.dimensions)

    def run(self, values: Values, seed: int) -> Run:
        """The base run with other settings, its `set` merged with them."""
        merged = {part: {**self.base.set.get(part, {}), **keys} for part, keys in values.items() if part != "vectors"}
        layer = merged.get("cell", {}).get("cell", self.base.layer)
        return replace(self.base, set={**self.base.set, **merged}, seed=seed, layer=layer)

    def vectors(self, keys: Mapping[str, Any]) -> TrainedConfig:
        """The configuration of the base run's source vectors with other keys.

        Raises:
            InputError: they are not trained on a corpus, or a key is wrong.
        """
        path = self.configs / "vectors" / f"{self.base.source_vectors}.yaml"
        config = build_config(VectorsConfig, {**read_yaml(path), **keys}, f"{self.where}: vectors over {path}")
        if not isinstance(config, TrainedConfig) or config.continue_from:
            got = "continued ones" if isinstance(config, TrainedConfig) else f"algorithm {config.algorithm!r}"
            raise InputError(f"{self.where}: vectors: expected vectors that are trained on a corpus, got {got}")
        return config

    def settings(self, values: Values, seed: int) -> Settings:
        """What a trial is trained with.

        Raises:
            InputError: a value is wrong, or values do not go together.
        """
        run = self.run(values, seed)
        task, cell = load_settings(run, self.configs, self.where)
        if (workers := task.training.workers) > 1:
            raise InputError(f"{self.where}: training.workers: expected 1, since a trial is one process, got {workers}")
        vectors = self.vectors(values["vectors"]) if "vectors" in values else None
        return Settings(run, task, cell, vectors)


def load_plan(path: Path, runs: Path, configs: Path) -> Plan:
    """Reads a sweep file, and checks each value of its space by itself.

    Raises:
        InputError: something in it is wrong.
    """
    sweep = load_config(Sweep, path)
    known = load_runs(runs)
    if sweep.run not in known:
        raise InputError(f"{path}: {runs} has no run {sweep.run!r}{nearest(sweep.run, list(known))}")
    plan = Plan(
        name_of_file(path, "sweep"), sweep, build_space(sweep.space, path), known[sweep.run], configs, str(path)
    )
    for values in plan.space.single_values():
        plan.settings(values, plan.seeds[0])
    if sweep.search == "grid":
        try:
            next(plan.space.grid())
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    return plan
