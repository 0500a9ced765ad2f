"""The parts of dvc.yaml that follow from a runs file: datasets, word vectors, params and learning curves.

They stand below comments that say who writes them; everything else in the file is written by hand. Where the stages are
those of the installed package, as in a project of one's own, they depend on its version in place of code.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from embeddings.config import VectorsConfig
from embeddings.foundation import plugins
from embeddings.foundation.config import load_config, read_yaml
from embeddings.foundation.errors import InputError
from embeddings.foundation.names import name_of_file
from pipelines.project.layout import CONFIGS, GRAPH, RUNS, VERSION, config_path
from pipelines.project.parts import Part
from pipelines.project.yaml_text import WIDTH, flow
from pipelines.runs.config import (
    Run,
    SelfTraining,
    load_baselines,
    load_ensembles,
    load_run,
    load_runs,
    load_self_training,
    load_settings,
)
from pipelines.runs.variation import varied

DATASETS = Part("    foreach:  # written by ", "    do:")
VECTORS = Part("  # Down to `baseline`", "  baseline:")
PARAMS = Part("params:", "plots:")
CURVES = Part("  # Down to the end")
SELF_TRAINING = Part("  # Down to `train`", "  train:")
ENSEMBLES = Part("  # Down to `compare`", "  compare:")

VECTORS_STAGE = """\
  vectors-{name}:
    cmd: >-
      python -m embeddings.train --config configs/vectors/{name}.yaml --output vectors/{name}
      --metrics metrics/vectors/{name}.json --cost costs/vectors/{name}.json
    deps:
      - embeddings
{deps}    params:
      - configs/vectors/{name}.yaml:
    outs:
      - vectors/{name}
      - costs/vectors/{name}.json
    metrics:
      - metrics/vectors/{name}.json:
          cache: false

"""

ENSEMBLE_STAGE = """\
  ensemble-{name}:
    cmd: >-
      python -m pipelines.ensemble{runs}
      --data data/{dataset} --costs{costs}
      --output runs/{name} --cost costs/{name}.json{ngrams}{changes}
    deps:
      - pipelines/ensemble.py
{baselines}      - pipelines/batches
      - pipelines/cells
      - pipelines/data
      - pipelines/decoding
      - pipelines/graphs
      - pipelines/models
      - pipelines/runs
      - pipelines/tasks
      - pipelines/text
      - embeddings/foundation
      - data/{dataset}
{deps}    outs:
      - runs/{name}
      - costs/{name}.json

"""

SELF_TRAINING_STAGE = """\
  self_train-{name}:
    cmd: >-
      python -m pipelines.self_train runs/{entry.run}
      --data data/{gold} --unlabelled data/{entry.unlabelled}
      --minimum-confidence {entry.minimum_confidence} --maximum-examples {entry.maximum_examples}{sentences}
      --seed {entry.seed} --output data/{name}
    deps:
      - pipelines/self_train.py
      - pipelines/self_training
      - pipelines/batches
      - pipelines/cells
      - pipelines/data
      - pipelines/datasets
      - pipelines/decoding
      - pipelines/models
      - pipelines/runs
      - pipelines/tasks
      - pipelines/text
      - embeddings/foundation
      - runs/{entry.run}
{deps}    outs:
      - data/{name}

"""


class Needs(NamedTuple):
    """What the runs of a file read: names of datasets, tasks and cells, and the folders that each of the vectors reads.

    What `dvc import` brought is not among the datasets and vectors, since no stage makes it; nor are the datasets of
    self-training, which stages of their own make.
    """

    datasets: list[str]
    tasks: list[str]
    cells: list[str]
    vectors: dict[str, list[Path]]


def graph_text(graph: str, runs: Path = RUNS) -> str:
    """The text of dvc.yaml as its runs file wants it.

    Args:
        graph: the text as it is.
        runs: the runs file.

    Raises:
        InputError: a configuration is missing or wrong, or the text lacks a line below which a part stands.
    """
    needs = read_needs(runs, "data")
    graph = PARAMS.replace(with_stages(graph, needs), params(needs) + "\n", GRAPH)
    graph = with_self_training(with_ensembles(graph, runs), runs)
    graph = CURVES.replace(graph, "".join(curves(runs)), GRAPH)
    return with_lists(graph)


def read_needs(runs: Path, data: str) -> Needs:
    """What the runs and the baselines of a file read, with what their vectors learn from.

    Args:
        runs: the runs file.
        data: folder of the prepared datasets.

    Raises:
        InputError: a configuration is missing, or vectors learn from elsewhere.
    """
    trained, baselines = read_runs(runs).values(), load_baselines(runs).values()
    datasets = dict.fromkeys(item.dataset for item in (*trained, *baselines))
    self_training = read_self_training(runs)
    datasets |= dict.fromkeys(entry.unlabelled for entry, _, _ in self_training.values())
    names = [name for run in trained for name in (run.source_vectors, run.target_vectors)]
    vectors: dict[str, list[Path]] = {}
    for name in names:  # grows in the loop by those that others begin with
        if name in vectors or is_imported(Path(data).parent / "vectors" / name):
            continue
        path = config_path("vectors", name)
        name_of_file(path, "configuration")
        config = load_config(VectorsConfig, path)
        folders, earlier = made_of(config)
        for folder in folders:
            if folder.parent != Path(data):
                raise InputError(
                    f"{path}: expected a corpus in {data}, where {runs} has its datasets, got {folder}; copy the"
                    " configuration and change its corpus"
                )
            datasets[folder.name] = None
        names += [folder.name for folder in earlier]
        vectors[name] = [*folders, *earlier]
    made = [name for name in datasets if not (is_imported(Path(data) / name) or name in self_training)]
    for name in made:
        path = config_path("datasets", name)
        name_of_file(path, "dataset")
        read_yaml(path)
    tasks, cells = (dict.fromkeys(getattr(run, key) for run in trained) for key in ("task", "cell"))
    return Needs(made, [*tasks], [*cells], vectors)


def made_of(config: VectorsConfig) -> tuple[list[Path], list[Path]]:
    """The folders that vectors are made of: those of datasets, and those of other vectors."""
    datasets = dict.fromkeys(Path(file).parent for file in getattr(config, "corpus", ()))
    keys = ("continue_from", "first", "second")
    return [*datasets], [Path(folder) for key in keys if (folder := getattr(config, key, None))]


def read_runs(path: Path) -> Mapping[str, Run]:
    """The runs of a file, which may have none yet."""
    return load_runs(path) if read_yaml(path).get("runs") != {} else {}


def read_self_training(path: Path) -> Mapping[str, tuple[SelfTraining, Run, str]]:
    """The datasets of self-training of a runs file, as `load_self_training` gives them."""
    trained = read_runs(path)
    return load_self_training(path, trained, load_ensembles(path, trained))


def is_imported(out: Path) -> bool:
    """Whether `dvc import` brings a folder, and no stage makes it."""
    return out.with_name(f"{out.name}.dvc").exists()


def with_stages(graph: str, needs: Needs) -> str:
    """The text of dvc.yaml with stages that make other datasets and other vectors."""
    names = f"[{', '.join(needs.datasets)}]"
    listed = textwrap.fill(names, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 7)
    stages = "".join(
        VECTORS_STAGE.format(name=name, deps="".join(f"      - {folder}\n" for folder in folders))
        for name, folders in sorted(needs.vectors.items())
    )
    stages = with_installed_package(stages) if f"- {VERSION}\n" in graph else stages
    return VECTORS.replace(DATASETS.replace(graph, f"{listed}\n", GRAPH), stages, GRAPH)


def with_ensembles(graph: str, runs: Path) -> str:
    """The text of dvc.yaml with the stages of a runs file's ensembles.

    A stage makes each of them of its members; two more predict with and evaluate all of them, as `predict` and
    `evaluate` do runs. A text without the part, as earlier versions wrote it, stays as it is if there are none.
    """
    trained = read_runs(runs)
    ensembles = load_ensembles(runs, trained)
    if not ensembles and f"\n{ENSEMBLES.before}" not in graph:
        return graph
    made, entries = "", ""
    for name, ensemble in sorted(ensembles.items()):
        first = trained[ensemble.runs[0]]
        if ensemble.set:  # else a wrong one would be refused when all members are trained
            where = f"{runs}: ensemble {name!r}"
            varied(load_settings(first, CONFIGS, where)[0], ensemble.set, f"{where}: set")
        folders, costs = ([each.format(run) for run in ensemble.runs] for each in ("runs/{}", "costs/{}.json"))
        listed = ["".join(f"\n      {path}" for path in paths) for paths in (folders, costs)]
        deps = "".join(f"      - {path}\n" for path in (*folders, *costs))
        made += ENSEMBLE_STAGE.format(
            name=name,
            runs=listed[0],
            costs=listed[1],
            ngrams=f" --ngrams {ensemble.seed}" if ensemble.ngrams else "",
            changes=f" --set '{json.dumps(ensemble.set, separators=(',', ':'))}'" if ensemble.set else "",
            baselines="      - pipelines/baselines\n      - pipelines/evaluation\n" if ensemble.ngrams else "",
            dataset=first.dataset,
            deps=deps,
        )
        read = {key: getattr(first, key) for key in ("task", "dataset", "source_vectors")}
        values = flow({**read, "seed": ensemble.seed, "report_test": ensemble.report_test})
        entries += f"      {name}:\n        {values}\n"
    stages = with_installed_package(made) if f"- {VERSION}\n" in graph else made
    for name in ("predict", "evaluate") if ensembles else ():
        body = Part(f"  {name}:\n    foreach: ${{runs}}", "\n  ")
        do = graph[body.find(graph, GRAPH)].replace("pipelines/cells/${item.layer}", "pipelines/cells")
        stages += f"  {name}-ensemble:\n    foreach:\n{entries}{do}\n"
    return ENSEMBLES.replace(graph, stages, GRAPH)


def with_self_training(graph: str, runs: Path) -> str:
    """The text of dvc.yaml with the stages that make datasets by self-training.

    A text without the part, as earlier versions wrote it, stays as it is if there are none.
    """
    found = read_self_training(runs)
    if not found and f"\n{SELF_TRAINING.before}" not in graph:
        return graph
    stages = ""
    for name, (entry, teacher, gold) in sorted(found.items()):
        where = f"{runs}: dataset {name!r} of self_training"
        if (path := config_path("datasets", name)).exists():
            raise InputError(f"{where}: expected a name of its own, got that of {path}; rename it")
        if entry.unlabelled in found:
            raise InputError(f"{where}: expected unlabelled texts, got {entry.unlabelled!r}, which has none")
        task = load_settings(teacher, CONFIGS, where)[0].task  # refused here, else when the teacher is trained
        if not plugins.load("pipelines.tasks", task).TASK.labels_texts():
            raise InputError(f"{where}: expected a run that gives a text a label, labels or tags, got task {task!r}")
        sentences = " --sentences" if entry.sentences else ""
        deps = "".join(f"      - data/{each}\n" for each in dict.fromkeys((gold, entry.unlabelled)))
        stages += SELF_TRAINING_STAGE.format(name=name, entry=entry, gold=gold, sentences=sentences, deps=deps)
    stages = with_installed_package(stages) if f"- {VERSION}\n" in graph else stages
    return SELF_TRAINING.replace(graph, stages, GRAPH)


def with_installed_package(stages: str) -> str:
    """Stages of the repository as a project of one's own has them: the deps that are code become one, its version."""
    stages = re.sub(r"^ +- (pipelines|embeddings)\b.*\n", "", stages, flags=re.MULTILINE)
    return re.sub(r"^( +)deps:\n", rf"\g<0>\1  - {VERSION}\n", stages, flags=re.MULTILINE)


def params(needs: Needs) -> str:
    """Lines with the configurations that are deps as a whole: of datasets, of tasks that decode, and of cells.

    DVC refuses a param that a file lacks, as most tasks lack `decoding`, and writes every value into dvc.lock, where a
    dep is four lines. `dvc params diff` shows the values of the files that are listed here, too.
    """
    paths = [config_path("datasets", name) for name in needs.datasets]
    tasks = (config_path("tasks", name) for name in needs.tasks)
    paths += [path for path in tasks if "decoding" in read_yaml(path)]
    paths += [config_path("cells", name) for name in needs.cells]
    return "".join(f"  - {path}\n" for path in paths)


def curves(runs: Path) -> Iterator[str]:
    """A plot of each task and dataset: what its runs reach on dev, epoch by epoch."""
    of_pair: dict[tuple[str, str], dict[str, str]] = {}
    for name in read_runs(runs):
        run, task, _ = load_run(runs, name, CONFIGS)
        of_pair.setdefault((run.task, run.dataset), {})[name] = task.monitor
    tasks = [task for task, _ in of_pair]
    for (task, dataset), monitors in of_pair.items():
        plot = task if tasks.count(task) == 1 else f"{task} on {dataset}"
        yield f"  - {plot}:\n      title: {plot}, dev\n      x: epoch\n      y:\n"
        yield from (f"        runs/{name}/history.csv: val_{monitor}\n" for name, monitor in monitors.items())


def with_lists(graph: str) -> str:
    """The text with `params: []` and `plots: []` where there are none, since DVC refuses such a key alone."""
    for key in ("params", "plots"):
        found = re.search(rf"^{key}:(?: \[\])?(.*\n)((?:(?:[ #].*)?\n)*)", graph, re.MULTILINE)
        if found:
            empty = " []" * (not re.search(r"^ +- ", found[2], re.MULTILINE))
            graph = f"{graph[: found.start()]}{key}:{empty}{found[1]}{found[2]}{graph[found.end() :]}"
    return graph
