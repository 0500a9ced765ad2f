"""The graph of stages: what a stage loads stands among its deps, and the benchmarks' graph is the same one."""

import copy
import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]


def graph(path):
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["stages"]


def in_benchmarks(stage):
    """A stage of the default graph as benchmarks/dvc.yaml must have it."""
    text = json.dumps(stage)
    text = re.sub(
        r"(?<![\w/.-])(data|vectors|runs|predictions|evaluations|costs)(?=/[$a-z])", r"benchmarks/out/\1", text
    )
    text = re.sub(r"(?<![\w/.-])metrics(?=/[$a-z])", "benchmarks/metrics", text)
    text = text.replace("configs/runs.yaml", "benchmarks/runs.yaml")
    return json.loads(text)


@pytest.mark.parametrize("name", ["prepare", "baseline", "evaluate-baseline", "train", "predict", "evaluate"])
def test_the_benchmarks_run_the_same_stages(name):
    expected, got = in_benchmarks(graph("dvc.yaml")[name]), copy.deepcopy(graph("benchmarks/dvc.yaml")[name])
    assert got["do"].pop("wdir") == ".."
    assert got["do"] == expected["do"]


@pytest.mark.parametrize("path", ["dvc.yaml", "benchmarks/dvc.yaml"])
def test_the_vectors_corpora_are_deps_and_hold_no_dev_or_test(path):
    for name, stage in graph(path).items():
        if not name.startswith("vectors"):
            continue
        items = stage.get("foreach", ["random"])
        deps = stage.get("do", stage)["deps"]
        for item in items:
            config = yaml.safe_load((ROOT / f"configs/vectors/{item}.yaml").read_text(encoding="utf-8"))
            for file in config.get("corpus", []):
                assert str(Path(file).parent) in deps, f"{name}@{item}: {file}"
                assert Path(file).stem in ("train", "unlabelled")
            assert config.get("continue_from") in (None, *deps), f"{name}@{item}"


@pytest.mark.parametrize("path", ["dvc.yaml", "benchmarks/dvc.yaml", "studies/dvc.yaml"])
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


def test_metrics_stay_in_git_and_costs_stay_out_of_it():
    for name, stage in graph("dvc.yaml").items():
        body = stage.get("do", stage)
        for metric in body.get("metrics", []):
            assert list(metric.values()) == [{"cache": False}], name
        assert not [out for out in body.get("outs", []) if isinstance(out, dict)], name
