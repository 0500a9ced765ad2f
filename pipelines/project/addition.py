"""`elman add`: the files that a dataset adds to a project."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.config import VectorsConfig
from embeddings.foundation.config import build_config
from embeddings.foundation.errors import InputError
from embeddings.foundation.names import check_name
from pipelines.project.changes import write_all
from pipelines.project.inspection import Inspection, inspect
from pipelines.project.kinds import cell_config, cell_name, task_config, units_for, vectors_config
from pipelines.project.layout import GRAPH, RUNS, Names, check_project, config_path
from pipelines.project.request import Request, check_files, with_files_of_folder
from pipelines.project.runs_file import with_entries
from pipelines.project.stages import graph_text, is_imported
from pipelines.project.yaml_text import document
from pipelines.runs.config import load_baselines
from pipelines.tasks.config import build_task

RANDOM = "random"
RANDOM_CONFIG = {"algorithm": "random", "dimensions": 64, "seed": 1}
LAYERS = ("simple_rnn", "lstm", "gru")
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Addition:
    """What a request adds."""

    request: Request
    found: Inspection
    configs: Mapping[Path, str]  # new files
    runs: Mapping[str, Values]
    runs_file: str  # its new text

    def write(self) -> None:
        """Writes all files, or none.

        Raises:
            InputError: dvc.yaml is not written as this can add to it.
        """
        write_all({**self.configs, RUNS: self.runs_file}, {GRAPH: graph_text})


def plan(request: Request) -> Addition:
    """Reads the files of a request, and says what it adds; nothing is written.

    Raises:
        InputError: the name or that of a run is taken, this is no project, or the files are not as they have to be.
    """
    check_place(request)
    check_files(request.files)
    request = with_files_of_folder(request)
    found = inspect(request)
    kind, names = request.kind, Names(request.name)
    units = units_for(kind, found.amount.tokens)
    cells = {cell_name(layer, units, kind.bidirectional): layer for layer in LAYERS}
    vectors = _vectors(request, found)
    common = {"task": names.task(kind.module), "dataset": request.name}
    scored = {"seed": 1, "report_test": "test" in request.files}
    read = {
        "source_vectors": request.vectors or (names.source_vectors if names.source_vectors in vectors else RANDOM),
        "target_vectors": names.target_vectors if kind.translates else RANDOM,
    }
    runs = {}
    for cell, layer in cells.items():
        own = _crf(request) if layer == "gru" and kind.has_tags else None
        runs[names.run(cell, own is not None)] = {**common, "cell": cell, "layer": layer, **read, **scored, "set": own}
    configs = dict(_configs(request, found, vectors))
    shared = {cell: (cell_config(layer, units, kind.bidirectional), layer) for cell, layer in cells.items()}
    for cell, (config, layer) in shared.items():
        if not (path := config_path("cells", cell)).exists():
            configs[path] = document(config, f"{layer}, {units} units{' in both directions' * kind.bidirectional}.")
    if RANDOM in read.values() and not (path := config_path("vectors", RANDOM)).exists():
        configs[path] = document(RANDOM_CONFIG, "No vectors: each word's is drawn anew and trained with the model.")
    runs_file = with_entries(RUNS.read_text(encoding="utf-8"), "runs", runs, RUNS)
    runs_file = with_entries(runs_file, "baselines", {request.name: common | scored}, RUNS)
    return Addition(request, found, configs, runs, runs_file)


def _configs(request: Request, found: Inspection, vectors: Mapping[str, Values]) -> Iterator[tuple[Path, str]]:
    """The new configurations of the dataset, its task and its vectors, each checked by its own dataclass."""
    names, kind = Names(request.name), request.kind
    about = f"Written by `elman add {request.name}`, for {found.amount.examples:,} training examples."
    yield config_path("datasets", request.name), document(found.dataset, about)
    if found.unlabelled:
        yield config_path("datasets", names.unlabelled), document(found.unlabelled, about)
    task = task_config(kind, found.amount, str(found.dataset["tokenizer"]))
    for part in ("model", "training"):
        task[part] |= request.setting(part)
    path = config_path("tasks", names.task(kind.module))
    build_task(task, path)
    yield path, document(task, about)
    for name, config in vectors.items():
        build_config(VectorsConfig, config, config_path("vectors", name))
        yield config_path("vectors", name), document(config, about)


def _crf(request: Request) -> dict[str, Any]:
    """What a run sets that scores sequences of tags as a whole."""
    return {"model": {"output": "crf", **({"tag_scheme": "iobes"} if request.kind.entities else {})}}


def _vectors(request: Request, found: Inspection) -> dict[str, dict[str, Any]]:
    """The vectors that are trained on the texts: none of characters that a language model reads."""
    names, settings, configs = Names(request.name), dict(request.setting("vectors")), {}
    corpus = [f"data/{request.name}/train.jsonl"]
    if not request.vectors and not (request.kind.writes and found.dataset["tokenizer"] == "characters"):
        apart = [f"data/{request.name}/unlabelled.jsonl"] if "unlabelled" in found.report["splits"] else []
        more = [*apart, *([f"data/{names.unlabelled}/unlabelled.jsonl"] if found.unlabelled else [])]
        configs[names.source_vectors] = vectors_config([*corpus, *more], found.words["tokens"], "tokens") | settings
    if request.kind.translates:
        config = vectors_config(corpus, found.words["target_tokens"], "target_tokens")
        configs[names.target_vectors] = config | settings
    return configs


def check_place(request: Request) -> None:
    """Refuses a working directory that is no project, and a name that is taken there.

    Raises:
        InputError: it is no project, the name is taken or not allowed, or the vectors are missing.
    """
    check_project()
    try:
        check_name("name", request.name)
    except ValueError as error:
        raise InputError(str(error)) from None
    imported = Path("data") / f"{request.name}.dvc"
    taken = [*Names(request.name).configs(), *([imported] if imported.exists() else [])]
    taken += [RUNS] if request.name in load_baselines(RUNS) else []
    if taken:
        advice = f"choose another, or `elman remove {request.name}` first"
        raise InputError(f"{taken[0]}: the name {request.name!r} is taken; {advice}")
    name = request.vectors
    if name and not config_path("vectors", name).exists() and not is_imported(Path("vectors") / name):
        expected = f"{config_path('vectors', name)}, or vectors/{name}.dvc of `dvc import`"
        raise InputError(f"--vectors {name}: expected {expected}, got neither")
