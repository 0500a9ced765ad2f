"""What DVC knows of the stages of a dvc.yaml, and the lock file beside it."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from embeddings.foundation.config import nearest, read_yaml
from embeddings.foundation.errors import InputError
from pipelines.reproduction import chains
from pipelines.reproduction.lock_entries import write_entries_alone
from pipelines.reproduction.lockfile import LockFile
from pipelines.runs.config import load_baselines, load_ensembles, load_runs, load_self_training

GRAPH = "dvc.yaml"


class Repository:
    """The working directory, with a dvc.yaml. DVC's lock is held wherever its files are read or written.

    Raises:
        InputError: there is no dvc.yaml, or it is not valid, or a runs file that it reads.
    """

    def __init__(self) -> None:
        from dvc.exceptions import DvcException
        from dvc.repo import Repo

        if not Path(GRAPH).exists():
            raise InputError(f"{GRAPH}: no such file; run it where the stages are")
        check_runs(read_yaml(GRAPH).get("vars") or ())
        write_entries_alone()
        try:
            self.repo = Repo(_wait_for_lock=True)
            path = Path("dvc.lock")
            name = os.path.relpath(path, self.repo.root_dir).replace(os.sep, "-")
            self.lock_file = LockFile(path, Path(str(self.repo.tmp_dir), f"{name}.whole"))
            self.repair_lock_file()
        except DvcException as error:
            raise InputError(f"{GRAPH}: {error}") from None

    def repair_lock_file(self) -> None:
        """Puts its last whole copy in the place of a damaged lock file, and says so; else copies it."""
        from dvc.dvcfile import load_file

        names = load_file(self.repo, GRAPH).resolver.get_keys()
        with self.repo.lock:
            for line in self.lock_file.repair(set(names)):
                print(line, flush=True)

    def keep_lock_file(self) -> None:
        """Copies the lock file, which must be whole."""
        with self.repo.lock:
            self.lock_file.keep()

    def runs_python(self) -> bool:
        """Whether a stage runs a module of Python."""
        return "python -m " in Path(GRAPH).read_text(encoding="utf-8")

    def stale_chains(self, targets: Sequence[str] = ()) -> list[chains.Chain]:
        """The chains of stages that have to run.

        Args:
            targets: stages, or groups of them (`train` of train@...), that are to be made with what they need; none:
                all.

        Raises:
            InputError: there is no such stage, or another DVC is at work.
        """
        import networkx
        from dvc.lock import LockError
        from dvc.repo.graph import build_graph

        stages = self.repo.stage.load_all(GRAPH)
        graph = build_graph(stages)
        named = _named(targets, [stage.addressing for stage in stages])
        found = [stage for stage in stages if stage.addressing in named]
        wanted = {each.addressing for stage in found for each in (stage, *networkx.descendants(graph, stage))}
        for name in [stage.addressing for stage in stages if stage.always_changed and stage.addressing in wanted]:
            self.repo.reproduce(name, single_item=True)  # now, since others are stale only if it gives something else
        stages = [stage for stage in stages if not stage.always_changed]
        names = {stage.addressing for stage in stages}
        needs = {
            stage.addressing: [before.addressing for before in graph.successors(stage) if before.addressing in names]
            for stage in stages
        }
        with self.repo.lock:
            try:
                stale = {name for stage in stages if (name := stage.addressing) in wanted and stage.status()}
            except LockError as error:
                raise InputError(f"another DVC is at work here: {error}") from None
        sizes = {stage.addressing: sum(dep.meta.size or 0 for dep in stage.deps if dep.meta) for stage in stages}
        return chains.stale_chains(chains.chains(needs, sizes, wanted), stale)


def _named(targets: Sequence[str], stages: list[str]) -> list[str]:
    """The stages that targets name; without any, all."""
    groups = [stage.partition("@")[0] for stage in stages]
    found = []
    for target in targets:
        named = [stage for stage, group in zip(stages, groups, strict=True) if target in (stage, group)]
        if not named:
            known = nearest(target, [*dict.fromkeys(groups), *stages])
            raise InputError(f"{GRAPH}: expected a stage or a group of stages, got {target!r}{known}")
        found += named
    return found if targets else [*stages]


def check_runs(sources: Iterable[object]) -> None:
    """Refuses runs that are not as they have to be before DVC makes commands of them.

    Args:
        sources: what `vars:` lists: files, or values.

    Raises:
        InputError: a runs file is wrong.
    """
    for path in sources:
        if isinstance(path, str) and Path(path).exists() and "runs" in read_yaml(path):
            runs = load_runs(path)
            load_self_training(path, runs, load_ensembles(path, runs))
            load_baselines(path)
