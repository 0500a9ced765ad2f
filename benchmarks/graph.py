"""Generates from the runs: lists in dvc.yaml, its stages for benchmarks/dvc.yaml, and README's tables.

`make graph` runs it after a runs file or a stage of dvc.yaml was edited, or figures were made anew. What it writes
stands below comments that say so; everything else in the three files is written by hand.
"""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.parts import Part
from benchmarks.readme import with_tables
from embeddings.config import VectorsConfig
from embeddings.foundation.config import load_config, read_yaml
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file
from embeddings.foundation.names import name_of_file
from pipelines.runs.config import load_baselines, load_run, load_runs

CONFIGS = Path("configs")
GRAPH, RUNS = Path("dvc.yaml"), Path("configs/runs.yaml")
BENCHMARKS_GRAPH, BENCHMARKS_RUNS = Path("benchmarks/dvc.yaml"), Path("benchmarks/runs.yaml")
README = Path("README.md")
WIDTH = 118  # of the lines in benchmarks/dvc.yaml

STAGES = Part("stages:", "params:")
DATASETS = Part("    foreach:  # written by `make graph`", "    do:")
VECTORS = Part("  # Down to `baseline`", "  baseline:")
PARAMS = Part("params:", "plots:")
CURVES = Part("  # Down to the end")
SHARED = Part("  # Down to `variant`", "  variant:")
THEIR_PARAMS = Part("params:")

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


@exits_on_input_error
def main() -> None:
    """Writes the files that are not as they have to be, and prints their paths."""
    for path, text in texts().items():
        if path.read_text(encoding="utf-8") != text:
            with atomic_file(path) as file:
                file.write(text)
            print(path)


def texts() -> dict[Path, str]:
    """What each file has to hold."""
    default, benchmarks, readme = (path.read_text(encoding="utf-8") for path in (GRAPH, BENCHMARKS_GRAPH, README))
    of_default, of_benchmarks = read_needs(RUNS, "data"), read_needs(BENCHMARKS_RUNS, "out/data")

    shared = with_stages(default, of_benchmarks)
    benchmarks = SHARED.replace(benchmarks, in_benchmarks(shared[STAGES.find(shared, GRAPH)]), BENCHMARKS_GRAPH)
    benchmarks = THEIR_PARAMS.replace(benchmarks, params(of_benchmarks), BENCHMARKS_GRAPH)

    default = PARAMS.replace(with_stages(default, of_default), params(of_default) + "\n", GRAPH)
    default = CURVES.replace(default, "".join(curves(RUNS)), GRAPH)
    return {GRAPH: default, BENCHMARKS_GRAPH: benchmarks, README: with_tables(readme, README)}


class Needs(NamedTuple):
    """What the runs of a file read: names of datasets and of tasks, and the folders that each of the vectors reads."""

    datasets: list[str]
    tasks: list[str]
    cells: list[str]
    vectors: dict[str, list[Path]]


def read_needs(runs: Path, data: str) -> Needs:
    """What the runs and the baselines of a file read, with what their vectors learn from.

    Args:
        runs: the runs file.
        data: folder of the prepared datasets.

    Raises:
        InputError: a configuration is missing, or vectors learn from elsewhere.
    """
    trained, baselines = load_runs(runs).values(), load_baselines(runs).values()
    datasets = dict.fromkeys(item.dataset for item in (*trained, *baselines))
    names = [name for run in trained for name in (run.source_vectors, run.target_vectors)]
    vectors: dict[str, list[Path]] = {}
    for name in names:  # grows in the loop by those that others begin with
        if name in vectors:
            continue
        path = CONFIGS / "vectors" / f"{name}.yaml"
        name_of_file(path, "configuration")
        config = load_config(VectorsConfig, path)
        folders = dict.fromkeys(Path(file).parent for file in getattr(config, "corpus", ()))
        for folder in folders:
            if folder.parent != Path(data):
                raise InputError(
                    f"{path}: expected a corpus in {data}, where {runs} has its datasets, got {folder}; copy the"
                    " configuration and change its corpus"
                )
            datasets[folder.name] = None
        keys = ("continue_from", "first", "second")
        earlier = [Path(folder) for key in keys if (folder := getattr(config, key, None))]
        names += [folder.name for folder in earlier]
        vectors[name] = [*folders, *earlier]
    for name in datasets:
        path = CONFIGS / "datasets" / f"{name}.yaml"
        name_of_file(path, "dataset")
        read_yaml(path)
    tasks, cells = (dict.fromkeys(names) for names in zip(*((run.task, run.cell) for run in trained), strict=True))
    return Needs([*datasets], [*tasks], [*cells], vectors)


def with_stages(graph: str, needs: Needs) -> str:
    """The text of dvc.yaml with stages that make other datasets and other vectors."""
    names = f"[{', '.join(needs.datasets)}]"
    listed = textwrap.fill(names, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 7)
    stages = (
        VECTORS_STAGE.format(name=name, deps="".join(f"      - {folder}\n" for folder in folders))
        for name, folders in sorted(needs.vectors.items())
    )
    return VECTORS.replace(DATASETS.replace(graph, f"{listed}\n", GRAPH), "".join(stages), GRAPH)


def params(needs: Needs) -> str:
    """Lines with the configurations that are deps as a whole: of datasets, of tasks that decode, and of cells.

    DVC refuses a param that a file lacks, as most tasks lack `decoding`, and writes every value into dvc.lock, where a
    dep is four lines. `dvc params diff` shows the values of the files that are listed here, too.
    """
    paths = [CONFIGS / "datasets" / f"{name}.yaml" for name in needs.datasets]
    tasks = (CONFIGS / "tasks" / f"{name}.yaml" for name in needs.tasks)
    paths += [path for path in tasks if "decoding" in read_yaml(path)]
    paths += [CONFIGS / "cells" / f"{name}.yaml" for name in needs.cells]
    return "".join(f"  - {path}\n" for path in paths)


def curves(runs: Path) -> Iterator[str]:
    """A plot of each task and dataset: what its runs reach on dev, epoch by epoch."""
    of_pair: dict[tuple[str, str], dict[str, str]] = {}
    for name in load_runs(runs):
        run, task, _ = load_run(runs, name, CONFIGS)
        of_pair.setdefault((run.task, run.dataset), {})[name] = task.monitor
    tasks = [task for task, _ in of_pair]
    for (task, dataset), monitors in of_pair.items():
        plot = task if tasks.count(task) == 1 else f"{task} on {dataset}"
        yield f"  - {plot}:\n      title: {plot}, dev\n      x: epoch\n      y:\n"
        yield from (f"        runs/{name}/history.csv: val_{monitor}\n" for name, monitor in monitors.items())


def in_benchmarks(stages: str) -> str:
    """Stages of dvc.yaml as benchmarks/dvc.yaml has them: on its runs, and what stays out of git in one folder."""
    stages = re.sub(r"^ *#.*\n|  #.*$", "", stages, flags=re.MULTILINE)
    stages = re.sub(r"(?<= )(data|vectors|runs|predictions|evaluations|costs)(?=[/\s])", r"out/\1", stages)
    stages = stages.replace(str(RUNS), BENCHMARKS_RUNS.name)
    return re.sub(r"^( +)cmd: >-\n((?:\1  .*\n)+)", folded, stages, flags=re.MULTILINE)


def folded(command: re.Match[str]) -> str:
    """A command on lines that begin with its options."""
    words = " ".join(command[2].split())
    options = re.sub(r" (?!--)", "\0", words)
    lines = textwrap.wrap(options, WIDTH - len(command[1]) - 2, break_on_hyphens=False, break_long_words=False)
    return "\n".join([f"{command[1]}cmd: >-", *(f"{command[1]}  {line}" for line in lines), ""]).replace("\0", " ")


if __name__ == "__main__":
    main()
