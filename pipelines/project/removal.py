"""`elman remove`: what `elman add` wrote goes again, and nothing that others read."""

from dataclasses import dataclass
from pathlib import Path

from embeddings.config import VectorsConfig
from embeddings.foundation.config import load_config
from embeddings.foundation.errors import InputError
from pipelines.project.changes import write_all
from pipelines.project.layout import CONFIGS, GRAPH, RUNS, Names, check_project, config_path
from pipelines.project.runs_file import without_entries
from pipelines.project.stages import graph_text, made_of, read_runs
from pipelines.runs.config import load_baselines, load_ensembles, load_self_training

OUTPUTS = (
    *("data", "vectors", "runs"),
    *(
        f"{folder}{below}"
        for folder in ("predictions", "evaluations", "metrics", "costs")
        for below in ("", "/baselines", "/vectors")
    ),
)


@dataclass(frozen=True)
class Removal:
    """What belongs to a dataset."""

    configs: list[Path]
    runs: list[str]
    baselines: list[str]

    def write(self) -> None:
        """Removes all of it, or nothing.

        Raises:
            InputError: dvc.yaml or the runs file is not written as this can take from it.
        """
        runs = RUNS.read_text(encoding="utf-8")
        for section, names in (("runs", self.runs), ("baselines", self.baselines)):
            runs = without_entries(runs, section, names, RUNS) if names else runs
        write_all({RUNS: runs, **dict.fromkeys(self.configs)}, {GRAPH: graph_text})


def plan_removal(name: str) -> Removal:
    """What `elman add` wrote for a dataset.

    Raises:
        InputError: it wrote nothing of this name, or something else reads it.
    """
    check_project()
    names = Names(name)
    configs = names.configs()
    runs, baselines = read_runs(RUNS), load_baselines(RUNS)
    own = [run for run in runs if names.is_own_run(run) and runs[run].dataset == name]
    groups = [group for group in baselines if group == name and baselines[group].dataset == name]
    if config_path("datasets", name) not in configs or (not own and not groups):
        raise InputError(f"{name}: expected a dataset that `elman add` made, got none; see {CONFIGS / 'datasets'}")
    gone = {path.stem: path for path in configs}
    readers = {
        f"run {run!r} of {RUNS}": [each.task, each.dataset, each.source_vectors, each.target_vectors]
        for run, each in runs.items()
        if run not in own
    }
    readers |= {f"baselines {group!r} of {RUNS}": [each.dataset] for group, each in baselines.items() if group != name}
    ensembles = load_ensembles(RUNS, runs)
    for dataset, (entry, _, _) in load_self_training(RUNS, runs, ensembles).items():
        if entry.run in own:
            told = f"self_training reads it for {dataset!r} as well; remove that first"
            raise InputError(f"{RUNS}: run {entry.run!r}: {told}")
        readers[f"dataset {dataset!r} of {RUNS}"] = [entry.unlabelled]
    for ensemble, each in ensembles.items():
        if member := next((run for run in each.runs if run in own), None):
            raise InputError(f"{RUNS}: run {member!r}: ensemble {ensemble!r} reads it as well; remove that first")
    for path in (CONFIGS / "vectors").glob("*.yaml"):
        if path not in configs:
            datasets, vectors = made_of(load_config(VectorsConfig, path))
            readers[str(path)] = [folder.name for folder in (*datasets, *vectors)]
    for reader, read in readers.items():
        if shared := next((each for each in read if each in gone), None):
            raise InputError(f"{gone[shared]}: {reader} reads it as well; remove that first")
    return Removal(configs, own, groups)


def outputs(removal: Removal) -> list[Path]:
    """What stages have made of it, and stays."""
    names = [*removal.runs, *removal.baselines, *(path.stem for path in removal.configs)]
    places = [Path(folder) / name for folder in OUTPUTS for name in dict.fromkeys(names)]
    return [path for place in places for path in (place, place.with_name(f"{place.name}.json")) if path.exists()]
