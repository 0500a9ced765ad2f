"""The whole graph, `dvc repro` on a tiny toy corpus in a clone of its own."""

import json
import os
import re
from pathlib import Path

import pytest
import yaml
from clones import dvc, tiny_clone

KEPT_RUNS = (
    "sentiment-lstm-skip_gram",
    "pos-bisru-skip_gram",
    "ner-bilstm-random",
    "translation-gru-skip_gram",
)  # one a task

# Python imports this at its start: it notes which of the clone's files a process loads and opens.
TRACE = """
import atexit, json, os, sys
if "pipelines" in " ".join(sys.orig_argv) or "embeddings" in " ".join(sys.orig_argv):
    root = os.getcwd() + os.sep
    opened = set()
    def note(event, arguments):
        if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)) and "r" in str(arguments[1] or "r"):
            opened.add(os.path.abspath(os.fsdecode(arguments[0])))
    sys.addaudithook(note)
    def write():
        loaded = {getattr(module, "__file__", None) or "" for module in list(sys.modules.values())}
        files = sorted(path[len(root):] for path in loaded | opened if path.startswith(root))
        with open(os.path.join(os.environ["TRACE_FOLDER"], f"{os.getpid()}.json"), "w") as file:
            json.dump({"command": sys.orig_argv, "files": files}, file)
    atexit.register(write)
"""


def stale_stages(folder):
    """Stages of the default graph that `dvc repro` would run again, those behind them left out."""
    return {name for name in json.loads(dvc(folder, "status", "--json")) if not name.startswith("benchmarks/")}


def hashes(folder):
    """Path -> hash of every out in dvc.lock."""
    stages = yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))["stages"]
    return {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", [])}


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone in which the tiny graph has run once, and the traces of its processes."""
    folder = tmp_path_factory.mktemp("clone")
    tiny_clone(folder, KEPT_RUNS)
    traces = tmp_path_factory.mktemp("traces")
    (traces / "sitecustomize.py").write_text(TRACE, encoding="utf-8")
    dvc(folder, "repro", PYTHONPATH=f"{folder}{os.pathsep}{traces}", TRACE_FOLDER=str(traces))
    return folder, [json.loads(path.read_text(encoding="utf-8")) for path in traces.glob("*.json")]


def test_the_leaderboard_holds_every_run_and_baseline_on_dev_and_test(clone):
    folder, _ = clone
    page = (folder / "reports/leaderboard.md").read_text(encoding="utf-8")
    for name in (*KEPT_RUNS, "majority", "tfidf_logistic_regression", "windowed_linear_tagger", "word_by_word"):
        assert name in page


def test_every_number_has_an_interval_and_a_signature(clone):
    folder, _ = clone
    for name in KEPT_RUNS:
        scores = json.loads((folder / f"evaluations/{name}/scores.json").read_text(encoding="utf-8"))
        assert {score["split"] for score in scores} == {"dev", "test"}
        for score in scores:
            assert score["low"] <= score["value"] <= score["high"], score
            assert "seed:1" in score["signature"]
            assert "version:" in score["signature"]


def test_tags_and_entities_are_scored_apart_by_what_train_and_vectors_hold(clone):
    folder, _ = clone
    for name, group in (
        ("pos-bisru-skip_gram", "word with a vector"),
        ("ner-bilstm-random", "a word without a vector"),
    ):
        assert group in (folder / f"evaluations/{name}/dev/novelty.csv").read_text(encoding="utf-8")


def test_metrics_are_what_dvc_shows(clone):
    folder, _ = clone
    shown = json.loads(dvc(folder, "metrics", "show", "--json"))[""]["data"]
    assert {f"metrics/{name}.json" for name in KEPT_RUNS} <= set(shown)


def test_a_second_repro_finds_nothing_to_do(clone):
    folder, _ = clone
    assert "Data and pipelines are up to date" in dvc(folder, "repro")


def test_what_a_stage_loads_stands_among_its_deps_and_params(clone):
    folder, traces = clone
    stages = yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))["stages"]
    assert len(traces) == len(stages)
    for trace in traces:
        command = " ".join(["python", *trace["command"][1:]])
        (name,) = [name for name, stage in stages.items() if stage["cmd"].split() == command.split()]
        stage = stages[name]
        tracked = [item["path"] for key in ("deps", "outs") for item in stage.get(key, [])] + list(stage["params"])
        missing = [
            path
            for path in trace["files"]
            if (folder / path).is_file()
            and not re.search(r"__pycache__|/\.[^/]*\.|^\.|sitecustomize", path)
            and Path(path).name != "__init__.py"
            and not any(path == item or path.startswith(item + "/") for item in tracked)
        ]
        assert not missing, f"{name} loads what it does not declare: {missing}"


def test_editing_a_cell_makes_its_own_runs_stale_and_no_others(clone):
    folder, _ = clone
    path = folder / "pipelines/layers/recurrent/gru.py"
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(before + "\n# edited\n", encoding="utf-8")
        stale = stale_stages(folder)
    finally:
        path.write_text(before, encoding="utf-8")
    assert stale == {"train@translation-gru-skip_gram", "predict@translation-gru-skip_gram"}


def test_an_override_makes_its_own_run_stale_and_no_others(clone):
    folder, _ = clone
    path = folder / "configs/runs.yaml"
    before = path.read_text(encoding="utf-8")
    content = yaml.safe_load(before)
    content["runs"]["ner-bilstm-random"]["set"] = {"cell": {"units": 3}}
    try:
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        stale = stale_stages(folder)
    finally:
        path.write_text(before, encoding="utf-8")
    assert stale == {"train@ner-bilstm-random", "compare"}


def test_fresh_processes_give_equal_bytes(clone):
    folder, _ = clone
    before = hashes(folder)
    again = ["pos-bisru-skip_gram", "translation-gru-skip_gram"]  # with all that they need
    dvc(folder, "repro", "--force", "--no-run-cache", *(f"evaluate@{name}" for name in again), PYTHONHASHSEED="7")
    after = hashes(folder)
    compared = ["vectors/english_skip_gram", "vectors/russian_skip_gram", "data/toy_pos", "data/toy_translation"]
    compared += [f"{kind}/{name}" for kind in ("runs", "predictions", "evaluations") for name in again]
    compared += [f"metrics/{name}.json" for name in again]
    assert {path: after[path] for path in compared} == {path: before[path] for path in compared}
