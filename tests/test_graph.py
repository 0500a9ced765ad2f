"""The graphs of stages: they follow from the runs, declare each path of a command, and share their stages.

That what a stage loads stands among its deps and params is traced in test_end_to_end.py.
"""

import copy
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from dvc.dependency.param import ParamsDependency
from dvc.repo import Repo
from dvc.stage.serialize import to_single_stage_lockfile
from dvc.utils.hydra import apply_overrides
from dvc.utils.serialize import dumps_yaml
from dvc_data.hashfile.hash_info import HashInfo
from dvc_data.hashfile.meta import Meta

from benchmarks.graph import texts
from embeddings.foundation.reading import read_json
from pipelines.reporting.leaderboard import read_leaderboard
from pipelines.runs.config import load_runs

ROOT = Path(__file__).parents[1]
RUNS = ("configs/runs.yaml", "benchmarks/runs.yaml")
LOCK_LINES = 4_500  # DVC reads and writes all of dvc.lock after every stage, in a time that is linear in its lines


def graph(path):
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["stages"]


def in_benchmarks(stage):
    """A stage of the default graph as benchmarks/dvc.yaml must have it."""
    folders = "data|vectors|runs|predictions|evaluations|costs"
    text = re.sub(rf'(?<![\w/.-])({folders})(?=[/ "])', r"out/\1", json.dumps(stage))
    return json.loads(text.replace("configs/runs.yaml", "runs.yaml"))


VECTORS = re.compile("vectors-(?!random)")  # those of a graph's own runs
SHARED = [name for name in graph("dvc.yaml") if not VECTORS.match(name)]


@pytest.mark.parametrize("name", SHARED)
def test_the_benchmarks_run_the_same_stages(name):
    expected, got = in_benchmarks(graph("dvc.yaml")[name]), copy.deepcopy(graph("benchmarks/dvc.yaml")[name])
    expected, got = expected.get("do", expected), got.get("do", got)
    assert got == expected


def test_what_make_graph_writes_is_up_to_date(monkeypatch):
    monkeypatch.chdir(ROOT)
    stale = [path for path, text in texts().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run `make graph`"


def test_the_headlines_in_git_are_those_of_the_metrics():
    groups = read_leaderboard(ROOT / "metrics/leaderboard.json").groups
    shown = {row.name: row for group in groups for row in group.rows if row.kind == "run"}
    metrics = {path.stem: read_json(path) for path in (ROOT / "metrics").glob("*-*.json")}
    assert set(shown) == set(metrics) == set(load_runs(ROOT / "configs/runs.yaml"))
    for name, row in shown.items():
        for split, scores in row.scores.items():
            ((metric, value),) = scores.items()
            assert metrics[name][split][metric] == round(value.value, 2), f"{name}, {split}"


def test_the_lock_file_of_the_default_graph_stays_short(monkeypatch):
    monkeypatch.chdir(ROOT)
    entries = {}
    for stage in Repo(".").stage.load_all("dvc.yaml"):
        for item in (*stage.deps, *stage.outs):
            if isinstance(item, ParamsDependency):
                item.save()
            else:  # as if it had run, with made-up hashes
                folder = "." not in Path(str(item.def_path)).name
                item.hash_name = "md5"
                item.hash_info = HashInfo("md5", "0" * 32 + ".dir" * folder)
                item.meta = Meta(size=1, nfiles=1 if folder else None)
        entries[stage.addressing] = to_single_stage_lockfile(stage)
    assert dumps_yaml({"schema": "2.0", "stages": entries}).count("\n") <= LOCK_LINES


@pytest.mark.parametrize("path", ["dvc.yaml", "benchmarks/dvc.yaml"])
def test_the_vectors_corpora_are_deps_and_hold_no_dev_or_test(path):
    for name, stage in graph(path).items():
        if name.startswith("vectors-"):
            config = yaml.safe_load((ROOT / f"configs/{name.replace('-', '/', 1)}.yaml").read_text(encoding="utf-8"))
            for file in config.get("corpus", []):
                assert str(Path(file).parent) in stage["deps"], f"{name}: {file}"
                assert Path(file).stem in ("train", "unlabelled")


def test_every_configuration_is_used_by_a_run_a_study_or_a_page():
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/dvc.yaml"), ROOT / "dvc.yaml"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    runs = [run for path in RUNS for run in load_runs(ROOT / path).values()]
    graphs = [graph(path) for path in ("dvc.yaml", "benchmarks/dvc.yaml", "studies/dvc.yaml")]
    used = {
        "tasks": {run.task for run in runs},
        "cells": {run.cell for run in runs},
        "vectors": {name for run in runs for name in (run.source_vectors, run.target_vectors)},
        "datasets": {name for stages in graphs for name in stages["prepare"]["foreach"]},
    }
    for kind, names in used.items():
        for path in (ROOT / "configs" / kind).glob("*.yaml"):
            assert path.stem in names or re.search(rf"configs/{kind}/{path.name}|: {path.stem}\b", text), path


@pytest.mark.parametrize("path", ["dvc.yaml", "benchmarks/dvc.yaml", "studies/dvc.yaml", "sweeps/dvc.yaml"])
def test_every_path_on_a_command_line_is_a_dep_an_out_or_a_param(path):
    for name, stage in graph(path).items():
        body = stage.get("do", stage)
        listed = json.dumps([body.get(key) for key in ("deps", "outs", "metrics", "params")])
        for argument in re.findall(r"(?<= )(?:[\w.${}-]+/)+[\w.${}-]+", body["cmd"]):
            assert argument in listed, f"{name}: {argument}"


def test_the_learning_curves_are_those_of_the_runs():
    runs = yaml.safe_load((ROOT / "configs/runs.yaml").read_text(encoding="utf-8"))["runs"]
    plots = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["plots"]
    shown = {path for plot in plots for body in plot.values() for path in body["y"]}
    assert {path for path in shown if path.startswith("runs/")} == {f"runs/{name}/history.csv" for name in runs}
    assert all(path.split("/")[1] in runs for path in shown)


@pytest.mark.parametrize("path", RUNS)
def test_a_value_that_dvc_sets_changes_one_run_alone(path, tmp_path):
    runs = load_runs(ROOT / path)
    first_of_a_kind = {bool(run.set): name for name, run in reversed(runs.items())}
    for name in first_of_a_kind.values():
        copied = Path(shutil.copy(ROOT / path, tmp_path))
        apply_overrides(copied, [f"++runs.{name}.set.training.epochs=77"])
        changed = {other: run for other, run in load_runs(copied).items() if run != runs[other]}
        assert [(other, run.set["training"]["epochs"]) for other, run in changed.items()] == [(name, 77)]


def test_the_name_of_a_cell_tells_its_direction_its_layers_and_its_units():
    for path in (ROOT / "configs/cells").glob("*.yaml"):
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        cell = f"{'bi' if config['bidirectional'] else ''}{config['cell']}"
        size = f"{config['depth']}x{config['units']}" if config["depth"] > 1 else str(config["units"])
        assert path.stem == (cell if size == "64" else f"{cell}_{size}")


def test_metrics_stay_in_git_and_costs_stay_out_of_it():
    for name, stage in graph("dvc.yaml").items():
        body = stage.get("do", stage)
        for metric in body.get("metrics", []):
            assert list(metric.values()) == [{"cache": False}], name
        kept = [out for out in body.get("outs", []) if isinstance(out, dict)]
        assert kept == ([{"metrics/leaderboard.json": {"cache": False}}] if name == "compare" else []), name
