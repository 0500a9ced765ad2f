"""Sweeps and trainings on a real Ray cluster of two nodes on this machine: nodes, workers and drivers are killed."""

import csv
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from clones import ROOT
from clusters import workers
from prepared import prepare

from embeddings.foundation.errors import InputError
from embeddings.train import main as vectors
from pipelines.cluster.connection import connected
from pipelines.cluster.nodes import Installed, check_nodes, installed
from pipelines.cluster.threads import bounded

pytest.importorskip("ray", reason="the extra `cluster` is not installed")
pytest.importorskip("optuna", reason="the extra `cluster` is not installed")

EPOCHS, SECONDS = 100, 500  # of a trial; for whatever is waited for
STEPS = 120  # of the training on two workers, two an epoch
RUN = {"task": "sentiment", "dataset": "data", "cell": "lstm", "layer": "lstm", "source_vectors": "random",
       "target_vectors": "random", "seed": 1, "report_test": True}  # fmt: skip
TOO_MANY = 16_000  # units that no trial has the memory for
SWEEP = {
    "run": "small",
    "space": {"cell": {"units": {"choices": [3, TOO_MANY, 4, 2]}}},
    "search": "grid",
    "resources": {"memory_gigabytes": 3},
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder with a small prepared dataset, vectors, a run and a sweep over it."""
    root = tmp_path_factory.mktemp("project")
    lines = [f"{label}\tit was {adverb} {word}\n" for adverb in ("not", "very", "quite", "so")
             for label, word in (("pos", "good"), ("neg", "bad"), ("pos", "fine"), ("neg", "poor"))]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ELMAN_DATA", str(root))
        files = {"train": "".join(lines * 2), "dev": "".join(lines[::3]), "test": lines[0]}
        prepare(root, files, reader="labelled_text", tokenizer="words_lowercase")
    shutil.copytree(root / "data", root / "prepared/data")
    shutil.copytree(ROOT / "configs", root / "configs")
    random = {"config": root / "configs/vectors/random.yaml", "output": root / "vectors/random",
              "metrics": root / "m.json", "cost": root / "c.json"}  # fmt: skip
    vectors([f"--{name}={value}" for name, value in random.items()])
    training = {"epochs": EPOCHS, "patience": EPOCHS, "batch_size": 16}
    runs = {"runs": {"small": {**RUN, "set": {"training": training}}}}
    (root / "runs.yaml").write_text(yaml.safe_dump(runs), encoding="utf-8")
    (root / "units.yaml").write_text(yaml.safe_dump(SWEEP), encoding="utf-8")
    return root


class Sweep:
    """A driver in a process of its own, and what its records say."""

    def __init__(self, project: Path, cluster) -> None:
        self.records = project / "results/.units.sweep"
        self.lengths: dict[int, list[int]] = {}  # of each trial's curve, as seen
        options = {"address": cluster.address, "runs": "runs.yaml", "data": "prepared", "output": "results/units"}
        command = [sys.executable, "-m", "pipelines.cli", "sweep", "units.yaml"]
        command += [f"--{name}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self) -> dict[int, dict]:
        found = {}
        for path in sorted(self.records.glob("[0-9]*.json")):
            record = json.loads(path.read_text(encoding="utf-8"))
            found[record["number"]] = record
            self.lengths.setdefault(record["number"], []).append(len(record["curve"]))
        return found

    def until(self, condition):
        """Waits until the records are as they have to be; gives them."""
        end = time.monotonic() + SECONDS
        while not condition(records := self.read()):
            assert time.monotonic() < end, records
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.1)
        return records


def half_way(records, number):
    return number in records and 3 <= len(records[number]["curve"]) < EPOCHS - 30


def remove_a_node_with_a_worker(cluster):
    """The death of one that is not the head."""
    node = next(node for node in cluster.list_all_nodes()[1:] if workers(cluster, "ray::Actor", [node]))
    cluster.remove_node(node, allow_graceful=False)


def test_nodes_with_another_version_or_without_a_path_are_refused(cluster, monkeypatch):
    with connected(cluster.address) as ray:
        check_nodes(ray)
        with pytest.raises(InputError, match=r"^node [\d.]+: expected the path /nowhere, which is not there"):
            check_nodes(ray, ["/nowhere"])
        here = installed()
        for other in (Installed("3.9.1", here.elman), Installed(here.python, "0.0.1, code 0123456789")):
            monkeypatch.setattr("pipelines.cluster.nodes.installed", lambda other=other: other)  # in this process alone
            with pytest.raises(InputError, match=r"expected (Python|Elman) .* as here, got .*; install the same"):
                check_nodes(ray)


def test_a_sweep_survives_the_death_of_a_node_a_worker_and_its_driver(project, cluster):
    sweep = Sweep(project, cluster)
    sweep.until(lambda records: half_way(records, 0) or half_way(records, 2))
    cluster.remove_node(cluster.list_all_nodes()[1], allow_graceful=False)
    cluster.add_node(num_cpus=1)
    sweep.until(lambda records: any(half_way(records, each) for each in records) and workers(cluster))
    workers(cluster)[0].kill()
    sweep.until(
        lambda records: (
            "complete" in {record["state"] for record in records.values()}
            and any(record["state"] == "unfinished" and len(record["curve"]) > 2 for record in records.values())
        )
    )
    sweep.process.send_signal(signal.SIGKILL)
    sweep.process.communicate()
    finished = {number: record for number, record in sweep.read().items() if record["state"] in ("complete", "failed")}
    assert not (project / "results/units").exists()

    again = Sweep(project, cluster)
    again.lengths = sweep.lengths
    _, errors = again.process.communicate(timeout=SECONDS)
    assert again.process.returncode == 0, errors
    records = again.read()
    assert {number: records[number] for number in finished} == finished, errors  # none ran again
    assert [record["state"] for record in records.values()] == ["complete", "failed", "complete", "complete"]
    assert "out of memory" in records[1]["error"]
    assert all(lengths == sorted(lengths) for lengths in again.lengths.values()), "epochs were trained again"
    assert [len(record["curve"]) for record in records.values()] == [EPOCHS, 0, EPOCHS, EPOCHS]
    assert max(record["attempts"] for record in records.values() if record["state"] == "complete") > 1
    assert not list(again.records.glob("*.npz"))
    with open(project / "results/units/trials.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["cell.units"] for row in rows] == ["3", str(TOO_MANY), "4", "2"]


def test_trainings_that_were_moved_end_as_one_here_does(project, cluster, monkeypatch):
    """One of the sweep, and one of a graph that `elman repro` runs on the nodes, whose first process is killed."""
    monkeypatch.chdir(project)
    records = [json.loads(path.read_text()) for path in sorted(Path("results/.units.sweep").glob("[0-9]*.json"))]
    complete = [record for record in records if record["state"] == "complete"]
    moved = max(complete, key=lambda record: record["attempts"])
    units = SWEEP["space"]["cell"]["units"]["choices"][moved["drawn"]["cell.units"]]
    runs = yaml.safe_load(Path("runs.yaml").read_text(encoding="utf-8"))
    runs["runs"]["small"]["set"]["cell"] = {"units": units}
    Path("one.yaml").write_text(yaml.safe_dump(runs), encoding="utf-8")

    def arguments(output):
        options = {"runs": "one.yaml", "run": "small", "configs": "configs", "data": "prepared/data",
                   "source-vectors": "vectors/random", "target-vectors": "vectors/random",
                   "output": output, "cost": f"{output}.json"}  # fmt: skip
        return [word for name, value in options.items() for word in (f"--{name}", value)]

    command = [sys.executable, "-m", "pipelines.train", *arguments("here")]
    here = subprocess.Popen(command, env={**os.environ, **bounded(1)}, stderr=subprocess.PIPE)
    killed = []

    def kill():
        while not Path(".away.training.npz").exists():
            time.sleep(0.1)
        killed.extend(workers(cluster, "ray::run_here"))
        killed[0].kill()

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    train = {"cmd": shlex.join(["python", "-m", "pipelines.train", *arguments("away")]), "outs": ["away", "away.json"]}
    stages = {"train": train, "other": {"cmd": "exit 3"}}
    Path("dvc.yaml").write_text(yaml.safe_dump({"stages": stages}), encoding="utf-8")
    subprocess.run(["git", "init", "-q"], check=True)
    Path(".dvc").mkdir()
    Path(".dvc/config").write_text("[core]\n    analytics = false\n", encoding="utf-8")
    command = [sys.executable, "-m", "pipelines.repro", "train", "--address", cluster.address]
    repro = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert repro.returncode == 0, repro.stdout + repro.stderr
    assert "its process died; continuing on another node" in repro.stdout
    assert killed
    here.communicate()
    files = sorted(str(path.relative_to("here")) for path in Path("here").rglob("*") if path.is_file())
    assert "model.onnx" in files
    assert files == sorted(str(path.relative_to("away")) for path in Path("away").rglob("*") if path.is_file())
    assert [name for name in files if (Path("here") / name).read_bytes() != (Path("away") / name).read_bytes()] == []
    assert not Path(".away.training.npz").exists()
    with open("here/history.csv", encoding="utf-8") as file:
        assert [float(row["val_accuracy"]) for row in csv.DictReader(file)] == moved["curve"]


def test_two_workers_learn_what_one_learns_though_each_process_is_killed(project, cluster):
    """A worker, then its node, then the command: each training step counts once."""
    runs = {
        name: {
            **RUN,
            "set": {"training": {"epochs": STEPS // 2, "patience": STEPS, "batch_size": 16, "workers": count}},
        }
        for name, count in (("one", 1), ("two", 2))
    }
    (project / "workers.yaml").write_text(yaml.safe_dump({"runs": runs}), encoding="utf-8")
    checkpoint = project / ".two.training.npz"

    def command(name, *others):
        options = {"runs": "workers.yaml", "run": name, "configs": "configs", "data": "prepared/data",
                   "source-vectors": "vectors/random", "target-vectors": "vectors/random", "output": name,
                   "cost": f"{name}.json", "address": cluster.address}  # fmt: skip
        words = [f"--{option}={value}" for option, value in options.items()]
        return subprocess.Popen([sys.executable, "-m", "pipelines.train", *words], cwd=project, stderr=subprocess.PIPE,
                                text=True)  # fmt: skip

    def until(condition):
        end = time.monotonic() + SECONDS
        while not (found := condition()):
            assert time.monotonic() < end
            assert training.poll() is None, training.communicate()
            time.sleep(0.05)
        return found

    def written():
        return checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0

    cluster.add_node(num_cpus=1)  # for the worker whose node dies
    training = command("two")
    until(written)
    for kill in (lambda: workers(cluster, "ray::Actor")[0].kill(), lambda: remove_a_node_with_a_worker(cluster)):
        kill()
        before = written()
        until(lambda before=before: written() > before)
    training.kill()
    _, said = training.communicate()
    assert said.count("its process died; another one computes the step again") == 2, said
    training = command("two")
    one = command("one")
    for process in (training, one):
        _, said = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, said
        assert ("resumes after epoch" in said) == (process is training), said
    assert not checkpoint.exists()
    curves = []
    for name in ("one", "two"):
        with open(project / name / "history.csv", encoding="utf-8") as file:
            curves.append([[float(value) for value in row.values()] for row in csv.DictReader(file)])
    assert len(curves[0]) == STEPS // 2
    np.testing.assert_allclose(curves[1], curves[0], atol=1e-5)


def test_the_best_configuration_is_a_run(project):
    from pipelines.runs.config import load_run

    best = project / "results/units/best/runs.yaml"
    run, task, cell = load_run(best, "small-units", project / "configs")
    assert cell.units in (2, 3, 4)
    assert task.training.epochs == EPOCHS
    assert run.dataset == "data"
    assert os.listdir(project / "results/units").count("trials.svg") == 1
