"""The whole graph, `dvc repro` on a tiny toy corpus in a clone of its own."""

import contextlib
import json
import os
import re
import shutil
import signal
import time
from pathlib import Path
from random import Random

import pytest
import yaml
from clones import another_python, dvc, finish, kill, start, start_fork, tiny_clone

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


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    """A folder for what `start_fork` writes."""
    return tmp_path_factory.mktemp("notes")


def stale_stages(folder):
    """Stages of the default graph that `dvc repro` would run again, those behind them left out."""
    others = ("benchmarks/", "studies/", "sweeps/")
    return {name for name in json.loads(dvc(folder, "status", "--json")) if not name.startswith(others)}


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
        tracked = [item["path"] for key in ("deps", "outs") for item in stage.get(key, [])]
        tracked += stage.get("params", ())
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
    path = folder / "pipelines/cells/gru/layer.py"
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


def test_that_test_is_scored_makes_no_training_stale(clone):
    folder, _ = clone
    path = folder / "configs/runs.yaml"
    before = path.read_text(encoding="utf-8")
    content = yaml.safe_load(before)
    content["runs"]["ner-bilstm-random"]["report_test"] = False
    try:
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        stale = stale_stages(folder)
    finally:
        path.write_text(before, encoding="utf-8")
    assert stale == {"predict@ner-bilstm-random", "compare"}


def test_fresh_processes_give_equal_bytes(clone, tmp_path):
    """Of another Python with another hash seed; new interpreters do so when they resume a killed training, below."""
    folder, _ = clone
    before = hashes(folder)
    again = ["pos-bisru-skip_gram", "translation-gru-skip_gram"]  # with all that they need
    with another_python(7, tmp_path):
        dvc(folder, "repro", "--force", "--no-run-cache", *(f"evaluate@{name}" for name in again))
    after = hashes(folder)
    compared = ["vectors/english_skip_gram", "vectors/russian_skip_gram", "data/toy_pos", "data/toy_translation"]
    compared += [f"{kind}/{name}" for kind in ("runs", "predictions", "evaluations") for name in again]
    compared += [f"metrics/{name}.json" for name in again]
    assert {path: after[path] for path in compared} == {path: before[path] for path in compared}


def test_a_killed_training_resumes_with_the_next_repro_and_gives_equal_bytes(clone):
    folder, _ = clone
    before = hashes(folder)
    lock = yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))
    del lock["stages"]["train@pos-bisru-skip_gram"]  # as if it had never run: else DVC takes its cache
    (folder / "dvc.lock").write_text(yaml.safe_dump(lock), encoding="utf-8")
    shutil.rmtree(folder / ".dvc/cache/runs")
    process = start(folder, "dvc", "repro", "train@pos-bisru-skip_gram")
    while not (folder / "runs/.pos-bisru-skip_gram.training.npz").exists():
        assert process.poll() is None
        time.sleep(0.01)
    status, _ = kill(process)
    assert status == -signal.SIGKILL
    assert not (folder / "runs/pos-bisru-skip_gram").exists()
    _, errors = finish(start(folder, "dvc", "repro", "train@pos-bisru-skip_gram"))
    assert re.search("resumes after epoch [12] of 2", errors)
    assert [path.name for path in (folder / "runs").glob(".*")] == []
    after = hashes(folder)
    cost = "costs/pos-bisru-skip_gram.json"
    assert {path: digest for path, digest in after.items() if path != cost} == {
        path: digest for path, digest in before.items() if path != cost
    }


KILLS = int(os.environ.get("KILLS", 50))  # of each stage by each signal
SIGNALS = {"SIGKILL": 256 - 9, "SIGTERM": 256 - 15, "SIGINT": 130}  # with the status that it ends a fork with
A_STAGE_OF_EACH_KIND = (
    "prepare@toy_ner",
    "vectors-english_skip_gram",
    "baseline@ner-toy",
    "evaluate-baseline@ner-toy",
    "train@ner-bilstm-random",
    "predict@ner-bilstm-random",
    "evaluate@ner-bilstm-random",
    "compare",
)


def contents(out):
    """Path -> bytes of each file of an out; a cost, which differs each time, has to be JSON."""
    if "costs" in out.parts:
        return {out: sorted(json.loads(out.read_text(encoding="utf-8")))} if out.exists() else {}
    return {path: path.read_bytes() for path in ([out] if out.is_file() else out.rglob("*")) if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("stage", A_STAGE_OF_EACH_KIND)
def test_a_stage_killed_at_random_moments_leaves_nothing_half_written_and_can_be_run_again(clone, stage, name, notes):
    """Each process finds what the one before has left, and its outs either not there or whole."""
    folder, _ = clone
    entry = yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))["stages"][stage]
    command = entry["cmd"].split()[2:]
    finish(start_fork(folder, command, notes)[0])
    begin = time.perf_counter()
    finish(start_fork(folder, command, notes)[0])
    seconds = time.perf_counter() - begin
    whole = {out: contents(out) for out in (folder / out["path"] for out in entry["outs"])}
    random, killed = Random(stage + name), 0
    for _ in range(KILLS):
        for out in whole if random.random() < 0.5 else ():  # as DVC does before it runs a stage
            shutil.rmtree(out) if out.is_dir() else out.unlink(missing_ok=True)
        process, number = start_fork(folder, command, notes)
        begin = time.perf_counter()
        time.sleep(random.uniform(0, seconds))
        with contextlib.suppress(ProcessLookupError):  # it has ended
            os.kill(number, signal.Signals[name])
        _, errors = process.communicate()
        assert process.returncode in (0, SIGNALS[name]), errors
        killed += process.returncode != 0
        if process.returncode == 0:  # sooner than thought: the machine does other things as well
            seconds = min(seconds, time.perf_counter() - begin)
        for out, content in whole.items():
            assert contents(out) in ({}, content), out
    print(f"{stage}: {killed} of {KILLS} killed by {name} within {seconds:.1f} s")
    assert killed >= KILLS / 2
    finish(start_fork(folder, command, notes)[0])
    assert {out: contents(out) for out in whole} == whole
    left = [path for out in whole for path in out.parent.glob(f".{out.name}.*")]
    assert left == []


@pytest.mark.slow
def test_a_repro_killed_at_random_moments_goes_on_to_the_same_metrics(clone):
    """From nothing but code, two stages at a time; where DVC's own files were cut, the next one repairs them."""
    folder, _ = clone
    before = hashes(folder)
    for name in ("data", "vectors", "runs", "predictions", "evaluations", "costs", "reports", ".dvc/cache"):
        shutil.rmtree(folder / name)
    random, killed, repaired = Random(1), 0, 0
    while killed < KILLS:
        process = start(folder, "pipelines.repro", "--jobs", "2")
        time.sleep(random.uniform(1, 10))
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), output + errors
        repaired += "replaced by its last whole copy" in output
        if process.returncode == 0:
            break
        killed += 1
    print(f"{killed} kills, {repaired} of them cut dvc.lock")
    assert killed >= KILLS / 2
    finish(start(folder, "pipelines.repro", "--jobs", "2"))
    assert "Data and pipelines are up to date" in dvc(folder, "repro")
    same = {path: digest for path, digest in before.items() if not re.match("costs|reports", path)}
    assert {path: digest for path, digest in hashes(folder).items() if path in same} == same
