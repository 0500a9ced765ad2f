"""Writes what follows from the runs: lists in dvc.yaml, its stages for benchmarks/dvc.yaml, and README's tables.

`make graph` runs it after a runs file or a stage of dvc.yaml was edited, or figures were made anew. What it writes
stands below comments that say so; everything else in the three files is written by hand.
"""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from benchmarks.parts import Part
from benchmarks.readme import with_tables
from embeddings.config import VectorsConfig
from embeddings.foundation.config import load_config, read_yaml
from embeddings.foundation.errors import InputError, exits_on_input_error
from embeddings.foundation.files import atomic_file
from pipelines.runs.config import load_baselines, load_run, load_runs

CONFIGS = Path("configs")
GRAPH, RUNS = Path("dvc.yaml"), Path("configs/runs.yaml")
BENCHMARKS_GRAPH, BENCHMARKS_RUNS = Path("benchmarks/dvc.yaml"), Path("benchmarks/runs.yaml")
README = Path("README.md")
WIDTH = 118  # of the lines in benchmarks/dvc.yaml

STAGES = Part("stages:", "params:")
DATASETS = Part("    foreach:  # written by `make graph`", "    do:")
VECTORS = Part("  # Down to `baseline`", "  baseline:")
DECODED = Part("params:", "plots:")
CURVES = Part("  # Down to the end")
SHARED = Part("  # Down to `variant`", "  variant:")
DECODED_THERE = Part("params:")

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
    shared = with_data(default, BENCHMARKS_RUNS, "benchmarks/out/data")
    shared = shared[STAGES.find(shared, GRAPH)]
    default = with_data(default, RUNS, "data")
    default = DECODED.replace(default, "".join(decoded(RUNS, "")) + "\n", GRAPH)
    default = CURVES.replace(default, "".join(curves(RUNS)), GRAPH)
    benchmarks = SHARED.replace(benchmarks, in_benchmarks(shared), BENCHMARKS_GRAPH)
    benchmarks = DECODED_THERE.replace(benchmarks, "".join(decoded(BENCHMARKS_RUNS, "../")), BENCHMARKS_GRAPH)
    return {GRAPH: default, BENCHMARKS_GRAPH: benchmarks, README: with_tables(readme, README)}


def with_data(graph: str, runs: Path, data: str) -> str:
    """A graph that makes the datasets and vectors of a runs file, and the datasets that these vectors learn from.

    Args:
        graph: text of a dvc.yaml.
        runs: the runs file.
        data: folder of the prepared datasets.

    Raises:
        InputError: a configuration is missing, or vectors learn from elsewhere.
    """
    datasets = dict.fromkeys(item.dataset for item in (*load_runs(runs).values(), *load_baselines(runs).values()))
    stages = []
    for name, config in sorted(vectors(runs).items()):
        corpora = dict.fromkeys(Path(file).parent for file in getattr(config, "corpus", ()))
        for corpus in corpora:
            if corpus.parent != Path(data):
                where = CONFIGS / "vectors" / f"{name}.yaml"
                raise InputError(
                    f"{where}: expected a corpus in {data}, where {runs} has its datasets, got {corpus}; copy the"
                    " configuration and change its corpus"
                )
        datasets |= dict.fromkeys(corpus.name for corpus in corpora)
        folders = [*corpora, *filter(None, [earlier(config)])]
        stages.append(VECTORS_STAGE.format(name=name, deps="".join(f"      - {folder}\n" for folder in folders)))
    for name in datasets:
        read_yaml(CONFIGS / "datasets" / f"{name}.yaml")
    listed = textwrap.fill(f"[{', '.join(datasets)}]", WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 7)
    return VECTORS.replace(DATASETS.replace(graph, f"{listed}\n", GRAPH), "".join(stages), GRAPH)


def earlier(config: VectorsConfig) -> str | None:
    """The folder of the vectors whose training some continue."""
    return getattr(config, "continue_from", None)


def vectors(runs: Path) -> dict[str, VectorsConfig]:
    """The word vectors that runs read, and those whose training they continue, by name."""
    names = [name for run in load_runs(runs).values() for name in (run.source_vectors, run.target_vectors)]
    found: dict[str, VectorsConfig] = {}
    for name in names:  # grows in the loop
        if name not in found:
            found[name] = load_config(VectorsConfig, CONFIGS / "vectors" / f"{name}.yaml")
            names += [Path(folder).name for folder in filter(None, [earlier(found[name])])]
    return found


def decoded(runs: Path, root: str) -> Iterator[str]:
    """The tasks of runs that decode, for `dvc params diff`: to `predict`, which reads it, the whole file is a dep."""
    for task in dict.fromkeys(run.task for run in load_runs(runs).values()):
        if "decoding" in read_yaml(path := CONFIGS / "tasks" / f"{task}.yaml"):
            yield f"  - {root}{path}\n"


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
    """Stages of dvc.yaml as benchmarks/dvc.yaml has them: on its runs and in its folders, but run from the root."""
    stages = re.sub(r"^ *#.*\n|  #.*$", "", stages, flags=re.MULTILINE)
    stages = re.sub(r"(?<= )(data|vectors|runs|predictions|evaluations|costs)(?=[/\s])", r"benchmarks/out/\1", stages)
    stages = re.sub(r"(?<= )(metrics/|reports\b)", r"benchmarks/\1", stages)
    stages = stages.replace(str(RUNS), str(BENCHMARKS_RUNS))
    stages = re.sub(r"^( +)(?=cmd:)", r"\1wdir: ..\n\1", stages, flags=re.MULTILINE)
    return re.sub(r"^( +)cmd: >-\n((?:\1  .*\n)+)", folded, stages, flags=re.MULTILINE)


def folded(command: re.Match[str]) -> str:
    """A command on lines that begin with its options."""
    words = " ".join(command[2].split())
    options = re.sub(r" (?!--)", "\0", words)
    lines = textwrap.wrap(options, WIDTH - len(command[1]) - 2, break_on_hyphens=False, break_long_words=False)
    return "\n".join([f"{command[1]}cmd: >-", *(f"{command[1]}  {line}" for line in lines), ""]).replace("\0", " ")


if __name__ == "__main__":
    main()
