"""Shards on a real Ray cluster of two nodes on this machine: the bytes of one machine, also after kills."""

import json
import signal
import subprocess
import sys
import time

import pytest
import yaml
from clusters import workers
from conformance_cases import DATASET, RUN, build, cell_config, task_config

from pipelines.predict import main as predict
from pipelines.prepare import main as prepare
from pipelines.runs.folder import save_run

pytest.importorskip("ray", reason="the extra `cluster` is not installed")
pytest.importorskip("optuna", reason="the extra `cluster` is not installed")

SHARDS, LINES, SECONDS = 6, 1_500, 300  # the last: for whatever is waited for


@pytest.fixture(scope="module")
def project(tmp_path_factory, ten_entity_examples, small_vectors):
    """A folder with a small tagger, and texts in several files."""
    root = tmp_path_factory.mktemp("project")
    task, model = build(task_config("ner"), cell_config("gru", True), small_vectors, ten_entity_examples)
    (root / "run").mkdir()
    save_run(root / "run", "small", RUN, task, model, DATASET)
    (root / "texts").mkdir()
    for shard in range(SHARDS):
        rows = (
            {"id": f"{shard}/{n}", "text": f"{ten_entity_examples[(n + shard) % 10].text} {n} " * 4}
            for n in range(LINES)
        )
        (root / f"texts/{shard}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def here(project):
    """The predictions of this process."""
    predict([str(project / "run"), str(project / "texts"), "--output", str(project / "here")])
    return contents(project / "here")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def finished(folder):
    """When each of the shards was written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("[0-9]*")}


def until(condition):
    end = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return found


def test_predictions_are_those_of_one_machine_though_a_worker_and_the_driver_are_killed(project, here, cluster):
    away = project / "away"
    command = [sys.executable, "-m", "pipelines.cli", "predict", "run", "texts", "--output", "away"]
    command += ["--address", cluster.address]
    driver = subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True)
    until(lambda: finished(away) and workers(cluster, "ray::_work"))[0].kill()
    until(lambda: len(finished(away)) >= 3)
    driver.send_signal(signal.SIGKILL)
    driver.communicate()
    before = finished(away)
    assert len(before) < SHARDS

    again = subprocess.run(command, cwd=project, stderr=subprocess.PIPE, text=True, timeout=SECONDS)
    assert again.returncode == 0, again.stderr
    assert f"{SHARDS - len(before)} shards predicted, {len(before)} were there before" in again.stderr
    assert before.items() <= finished(away).items(), "finished shards were made again"
    assert contents(away).keys() == {*(f"{shard}.jsonl" for shard in range(SHARDS)), "shards.json"}
    assert contents(away) == here


def test_what_a_job_raises_on_a_node_is_one_line_and_others_are_ended(project, cluster):
    broken = project / "broken"
    broken.mkdir()
    (broken / "0.txt").write_text("Anna saw Tver\n" * 40_000, encoding="utf-8")
    (broken / "1.jsonl").write_text('{"text": "Anna"}\n{"text": \n', encoding="utf-8")
    command = [sys.executable, "-m", "pipelines.cli", "predict", "run", "broken", "--output", "whole"]
    command += ["--address", cluster.address]
    done = subprocess.run(command, cwd=project, stderr=subprocess.PIPE, text=True, timeout=SECONDS)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.startswith(f"error: {broken}/1.jsonl:2: expected a JSON object")
    assert contents(project / "whole").keys() == {"shards.json"}


def test_a_dataset_is_that_of_one_machine_though_a_node_dies(project, cluster, monkeypatch):
    monkeypatch.setenv("ELMAN_DATA", str(project))
    about = {"version": "1", "language": "en", "licence": "none", "citation": "none", "tokenizer": "words",
             "reader": "json_lines", "options": {"fields": {"text": "text"}}, "dev_share": 0.1,
             "dev_draw": "hash"}  # fmt: skip
    files = [{"path": f"texts/{shard}.jsonl"} for shard in range(SHARDS)]
    datasets = {"at_once": {"source": "files", "files": {"train": files}},
                "in_shards": {"source": "shards", "shards": {"train": ["texts"]}}}  # fmt: skip
    for name, how in datasets.items():
        (project / name).mkdir()
        (project / name / "texts.yaml").write_text(yaml.safe_dump({**about, **how}), encoding="utf-8")
    prepare(["--dataset", str(project / "at_once/texts.yaml"), "--output", str(project / "at_once/data")])

    command = [sys.executable, "-m", "pipelines.cli", "prepare", "--dataset", "in_shards/texts.yaml"]
    command += ["--output", "in_shards/data", "--address", cluster.address]
    driver = subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True)
    until(lambda: list(project.glob("in_shards/.data.shards/.train-*")))
    cluster.remove_node(cluster.list_all_nodes()[1], allow_graceful=False)
    _, errors = driver.communicate(timeout=SECONDS)
    cluster.add_node(num_cpus=1)
    assert driver.returncode == 0, errors
    assert contents(project / "in_shards/data") == contents(project / "at_once/data")
    assert not (project / "in_shards/.data.shards").exists()


def test_jobs_write_behind_a_url_themselves(project, here, cluster):
    arguments = [str(project / "run"), f"{project.as_uri()}/texts/*.jsonl", "--output", f"{project.as_uri()}/url"]
    predict([*arguments, "--address", cluster.address])
    made = contents(project / "url")
    assert made.keys() == here.keys()
    assert {name for name in made if made[name] != here[name]} == {"shards.json"}  # which has the URLs
