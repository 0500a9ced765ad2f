"""Who may import whom, and what the configuration promises."""

import ast
import dataclasses
import json
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import yaml

from embeddings.config import FastTextConfig, FileConfig, JoinedConfig, RandomConfig, TrainedConfig, VectorsConfig
from embeddings.foundation import plugins
from embeddings.foundation.config import load_config
from pipelines.cli import COMMANDS
from pipelines.datasets.config import DatasetConfig
from pipelines.datasets.sources.files import DatasetFile
from pipelines.models.config import CharacterConfig, DynamicEvaluationConfig, EncoderConfig, load_encoder
from pipelines.runs.config import Run, load_runs, load_settings
from pipelines.tasks.config import TaskConfig, load_task

ROOT = Path(__file__).parents[1]
STAGES = {path.stem for path in (ROOT / "pipelines").glob("*.py")} - {"__init__"}
# A folder of pipelines -> the folders that it may import besides itself.
ALLOWED = {
    "data": set(),
    "text": {"data"},
    "batches": {"data", "text"},
    "datasets": {"data", "text"},
    "evaluation": {"data"},
    "baselines": {"data", "text"},
    "reporting": {"data", "evaluation"},
    "reproduction": set(),
    "project": {"data", "datasets", "runs", "tasks", "text"},
    "cells": {"layers", "graphs"},
    "graphs": {"text"},
    "layers": set(),
    "models": {"layers", "cells", "batches", "data", "text"},
    "decoding": {"models", "text"},
    "tasks": {"cells", "models", "graphs", "batches", "text", "data", "decoding", "evaluation"},
    "runs": {"cells", "tasks", "models", "graphs", "batches", "text", "data", "evaluation"},
    "serving": {"decoding", "runs", "tasks"},
    "exporting": {"runs", "tasks", "models", "text", "data", "evaluation"},
    "training": {"cells", "runs", "tasks", "models", "batches", "text", "data", "evaluation"},
    "cluster": set(),
    "shards": {"cluster", "data", "datasets", "runs", "text"},
    "self_training": {"data", "datasets", "runs", "tasks", "text"},
    "workers": {"cluster", "layers", "models", "training"},
    "sweeping": {"cluster", "data", "evaluation", "project", "reporting", "runs", "tasks", "training"},
    "probing": {"models", "tasks", "batches", "data", "text", "reporting", "evaluation", "runs"},
}
WITHOUT_KERAS = (
    "graphs",
    "evaluation",
    "baselines",
    "reporting",
    "reproduction",
    "project",
    "data",
    "text",
    "batches",
    "datasets",
    "serving",
    "cluster",
    "shards",
    "self_training",
)
SOURCES = sorted((ROOT / "pipelines").rglob("*.py"))


def imported(path):
    """Names of the modules that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_what_stands_below_it(path):
    inside = path.relative_to(ROOT / "pipelines").parts
    folder = inside[0] if len(inside) > 1 else None
    for name in imported(path):
        part = name.split(".")[1] if name.startswith("pipelines.") else None
        assert part not in STAGES or (folder is None and inside[0] in ("cli.py",)), f"{name}: nothing imports a stage"
        is_config = name.split(".")[2:3] == [
            "config"
        ]  # a configuration may be read by whoever builds what it describes
        if folder and part and part != folder and not is_config:
            assert part in ALLOWED[folder], f"pipelines.{folder} may not import {name}"
        if folder in WITHOUT_KERAS:
            assert name.split(".")[0] not in ("keras", "tensorflow"), f"pipelines.{folder} never imports {name}"


def test_layers_and_cells_hold_tensorflow_in_one_file():
    files = [path for folder in ("layers", "cells") for path in (ROOT / "pipelines" / folder).rglob("*.py")]
    holders = [path for path in files if any(name.split(".")[0] == "tensorflow" for name in imported(path))]
    assert holders == [ROOT / "pipelines/layers/loops/operation.py"]


def test_layers_name_no_cell():
    for path in (ROOT / "pipelines/layers").rglob("*.py"):
        assert not re.search(r"pipelines[./]cells", path.read_text(encoding="utf-8")), path


def test_every_folder_has_its_rule():
    assert {path.parent.name for path in (ROOT / "pipelines").glob("*/__init__.py")} == set(ALLOWED)


def test_embeddings_import_nothing_from_pipelines_and_no_keras():
    for path in (ROOT / "embeddings").rglob("*.py"):
        assert not {name.split(".")[0] for name in imported(path)} & {"pipelines", "keras", "tensorflow"}, path


def test_every_command_of_elman_is_a_stage_and_every_stage_a_command():
    modules = {module for module, _ in COMMANDS.values()}
    assert modules == {f"pipelines.{name}" for name in STAGES - {"cli"}} | {"embeddings.cli"}


# In one process, which forks for each: beside the module that it is asked of it has imported nothing but NumPy.
LOADED = """
import json, os, sys
import numpy
for module in sys.argv[1:]:
    if os.fork():
        os.wait()
        continue
    try:
        __import__(module)
        print(json.dumps([module, sorted(sys.modules)]), flush=True)
    finally:
        os._exit(0)
"""


@pytest.fixture(scope="module")
def loaded():
    """Module of the command line -> the modules that it loads."""
    command = [sys.executable, "-c", LOADED, *(f"pipelines.{name}" for name in STAGES)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    return dict(json.loads(line) for line in done.stdout.splitlines())


@pytest.mark.parametrize("module", [f"pipelines.{name}" for name in sorted(STAGES)])
def test_the_command_line_loads_nothing_heavy(module, loaded):
    heavy = {"tensorflow", "keras", "gensim", "sklearn", "scipy", "sacrebleu", "tensorflow_datasets"}
    heavy |= {"altair", "vl_convert", "rapidfuzz"}
    assert heavy & set(loaded[module]) == set()


def of_plugins():
    """The keys that tasks and decoding methods have for themselves."""
    for name in plugins.names("pipelines.tasks"):
        task = plugins.load("pipelines.tasks", name).TASK
        yield from (task.Model, task.Training)
    for name in plugins.names("pipelines.decoding"):
        yield plugins.load("pipelines.decoding", name).Decoding


CONFIGS = [TrainedConfig, FastTextConfig, RandomConfig, FileConfig, JoinedConfig, DatasetFile, TaskConfig,
           *DatasetConfig.variants()[1].values(), CharacterConfig, DynamicEvaluationConfig, EncoderConfig,
           Run]  # fmt: skip


@pytest.mark.parametrize("cls", [*CONFIGS, *dict.fromkeys(of_plugins())])
def test_every_configuration_key_is_read_by_somebody(cls):
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*SOURCES, *(ROOT / "embeddings").rglob("*.py")]) + (
        ROOT / "dvc.yaml"
    ).read_text(encoding="utf-8")
    for field in dataclasses.fields(cls):
        assert re.search(rf"\.{field.name}\b(?!\()", code), f"nobody reads {cls.__name__}.{field.name}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "configs").rglob("*.yaml")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_every_configuration_that_ships_is_valid_and_names_what_exists(path):
    if path.name == "runs.yaml":
        return
    loaders = {
        "cells": load_encoder,
        "datasets": partial(load_config, DatasetConfig),
        "tasks": load_task,
        "vectors": partial(load_config, VectorsConfig),
    }
    config = loaders[path.parent.name](path)
    if isinstance(config, TaskConfig):
        assert config.metrics in plugins.names("pipelines.evaluation.families")
        assert set(config.baselines) <= set(plugins.names("pipelines.baselines"))


@pytest.mark.parametrize("runs", ["configs/runs.yaml", "benchmarks/runs.yaml"])
def test_every_run_names_configurations_that_exist(runs):
    for name, run in load_runs(ROOT / runs).items():
        load_settings(run, ROOT / "configs", name)
        for folder, file in (
            ("datasets", run.dataset),
            ("vectors", run.source_vectors),
            ("vectors", run.target_vectors),
        ):
            assert (ROOT / "configs" / folder / f"{file}.yaml").is_file(), f"{name}: {file}"


def test_runs_and_baselines_score_the_same_splits_of_a_dataset():
    content = yaml.safe_load((ROOT / "configs/runs.yaml").read_text(encoding="utf-8"))
    baselines = {(item["task"], item["dataset"]) for item in content["baselines"].values()}
    assert {(run["task"], run["dataset"]) for run in content["runs"].values()} == baselines
