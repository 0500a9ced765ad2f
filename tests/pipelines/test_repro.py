"""`elman repro` on a small graph of shell commands, with DVC itself."""

import os
import signal
import subprocess
import time

import psutil
import pytest
import yaml
from clones import ROOT, dvc, kill, path_of_forks, run, start

ELMAN = {"PYTHONPATH": str(ROOT)}
GRAPH = {
    "shared": {"cmd": "cp source.txt shared.txt", "deps": ["source.txt"], "outs": ["shared.txt"]},
    "train": {
        "foreach": ["a", "b", "c"],
        "do": {
            "cmd": "sh train.sh ${item} > trained-${item}.txt",
            "deps": ["shared.txt", "switch-${item}.txt"],
            "outs": ["trained-${item}.txt"],
        },
    },
    "score": {
        "foreach": ["a", "b", "c"],
        "do": {
            "cmd": "wc -c < trained-${item}.txt > score-${item}.txt",
            "deps": ["trained-${item}.txt"],
            "outs": ["score-${item}.txt"],
        },
    },
    "page": {
        "cmd": "cat score-a.txt score-b.txt score-c.txt > page.txt",
        "deps": ["score-a.txt", "score-b.txt", "score-c.txt"],
        "outs": ["page.txt"],
    },
}
# What a training does: it reads its switch, which may be a command.
TRAIN = "echo run $1 >> log; . ./switch-$1.txt; cat shared.txt; echo $1\n"


@pytest.fixture
def graph(tmp_path):
    """A repository with one dataset, three runs of a training and a score, and a page."""
    run(tmp_path, "git init -q && git config user.name T && git config user.email t@example.org")
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc/config").write_text("[core]\n    analytics = false\n", encoding="utf-8")
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump({"stages": GRAPH}, sort_keys=False), encoding="utf-8")
    (tmp_path / "source.txt").write_text("text\n", encoding="utf-8")
    (tmp_path / "train.sh").write_text(TRAIN, encoding="utf-8")
    for name in "abc":
        (tmp_path / f"switch-{name}.txt").touch()
    return tmp_path


def repro(folder, *options, status=0):
    """What `elman repro` writes in a folder."""
    environment = {**os.environ, **ELMAN, "PATH": path_of_forks()}
    done = subprocess.run(["elman", "repro", *options], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def trained(folder):
    """The trainings that ran, since this was last asked."""
    log = folder / "log"
    lines = sorted(log.read_text(encoding="utf-8").split("run ")[1:]) if log.exists() else []
    log.unlink(missing_ok=True)
    return "".join(line.strip() for line in lines)


def test_it_makes_what_dvc_repro_makes_and_a_line_tells_its_chain(graph):
    output = repro(graph, "--jobs", "2")
    assert "8 stages in 5 chains, 2 at a time" in output
    assert "b      | Running stage 'train@b':" in output
    assert (graph / "page.txt").read_text(encoding="utf-8") == "7\n7\n7\n"
    assert trained(graph) == "abc"
    assert "Data and pipelines are up to date" in dvc(graph, "repro")
    assert "every stage is up to date" in repro(graph)
    (graph / "switch-b.txt").write_text("echo more", encoding="utf-8")
    repro(graph, "--jobs", "1")
    assert (graph / "page.txt").read_text(encoding="utf-8") == "7\n12\n7\n"
    assert trained(graph) == "b"


def test_it_makes_the_stages_that_are_named_and_what_they_need(graph):
    assert "2 stages in 1 chains" in repro(graph, "train@b")
    assert trained(graph) == "b"
    assert not (graph / "score-b.txt").exists()
    assert "every stage is up to date" in repro(graph, "train@b")
    assert "6 stages in 3 chains" in repro(graph, "--jobs", "1", "train@c", "score")
    assert trained(graph) == "ac"
    assert not (graph / "page.txt").exists()
    output = repro(graph, "trian", status=2)
    assert output.startswith("error: dvc.yaml: expected a stage or a group of stages, got 'trian'; did you mean 'train")


def test_chains_run_at_the_same_time(graph):
    """Each training waits for the other two: one after the other they would never end."""
    wait = "touch began-$1; while [ ! -e began-a ] || [ ! -e began-b ] || [ ! -e began-c ]; do sleep 0.05; done"
    for name in "abc":
        (graph / f"switch-{name}.txt").write_text(wait, encoding="utf-8")
    repro(graph, "--jobs", "3")
    assert trained(graph) == "abc"


def test_where_one_fails_the_others_are_finished_and_it_is_named(graph):
    (graph / "switch-b.txt").write_text("exit 3", encoding="utf-8")
    output = repro(graph, "--jobs", "2", status=1)
    assert "b: failed to reproduce 'train@b': failed to run: sh train.sh b" in output
    assert "page: not run, since it needs what failed" in output
    assert (graph / "score-a.txt").exists()
    assert (graph / "score-c.txt").exists()
    assert trained(graph) == "abc"
    (graph / "switch-b.txt").write_text("", encoding="utf-8")
    repro(graph, "--jobs", "1")
    assert trained(graph) == "b"
    assert (graph / "page.txt").exists()


@pytest.mark.parametrize("to_all", [True, False], ids=["as a terminal does", "to it alone"])
def test_an_interruption_ends_every_process_and_leaves_the_lock_file_whole(graph, to_all):
    for name in "abc":
        (graph / f"switch-{name}.txt").write_text("sleep 600", encoding="utf-8")
    process = start(graph, "pipelines.repro", "--jobs", "3", **ELMAN)
    while len(list(graph.glob("trained-*.txt"))) < 3:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 6  # DVC's, and their commands
    if to_all:
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 130
    assert not psutil.wait_procs(children, timeout=5)[1]
    assert list(yaml.safe_load((graph / "dvc.lock").read_text(encoding="utf-8"))["stages"]) == ["shared"]


def test_after_a_cut_lock_file_finished_stages_come_from_the_cache(graph):
    repro(graph)
    assert trained(graph) == "abc"
    whole = (graph / "dvc.lock").read_text(encoding="utf-8")
    (graph / "dvc.lock").write_text(whole[: whole.index("  score@b")], encoding="utf-8")
    output = repro(graph)
    assert "dvc.lock: it lacks" in output
    assert "every stage is up to date" in output
    assert (graph / "dvc.lock").read_text(encoding="utf-8") == whole
    assert trained(graph) == ""


def test_a_run_whose_name_a_command_splits_is_refused_before_anything_is_run(graph):
    runs = "runs:\n  a: &a {task: t, dataset: d, cell: c, layer: l, source_vectors: v, target_vectors: v, seed: 1,\n"
    runs += "    report_test: true}\n  a; touch b: *a\n"
    (graph / "runs.yaml").write_text(runs, encoding="utf-8")
    stages = {"train": {"foreach": "${runs}", "do": {"cmd": "echo ${key}"}}}
    (graph / "dvc.yaml").write_text(yaml.safe_dump({"vars": ["runs.yaml"], "stages": stages}), encoding="utf-8")
    assert repro(graph, status=2).startswith(
        "error: runs.yaml:4: run 'a; touch b': expected a name of a run of letters"
    )
    assert not (graph / "b").exists()


def test_without_a_graph_or_with_a_wrong_one_it_is_refused_in_one_line(graph):
    assert repro(graph, "--jobs", "0", status=2).endswith("--jobs: expected a whole number of at least 1, got '0'\n")
    (graph / "dvc.yaml").write_text("stages: [", encoding="utf-8")
    assert repro(graph, status=2).startswith("error: dvc.yaml:1: not valid YAML: ")
    (graph / "dvc.yaml").unlink()
    assert repro(graph, status=2) == "error: dvc.yaml: no such file; run it where the stages are\n"


@pytest.mark.slow
def test_killed_while_dvc_writes_the_lock_file_it_finds_a_whole_one(graph):
    """30 kills in the moments in which the lock file is shorter than it was: plain `dvc repro` writes it anew."""
    lock = graph / "dvc.lock"
    repro(graph)
    made = yaml.safe_load(lock.read_text(encoding="utf-8"))
    filling = {f"fill-{number}": made["stages"]["shared"] for number in range(500)}  # writing them takes a while
    made["stages"] = {**filling, **made["stages"]}
    lock.write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")
    repro(graph)  # which copies it
    kills = repaired = 0
    while kills < 30:
        whole = lock.stat().st_size
        for name in "abc":
            (graph / f"switch-{name}.txt").write_text(f"echo {kills}", encoding="utf-8")
        process = start(graph, "dvc", "repro")
        while process.poll() is None and lock.stat().st_size > 0.9 * whole:
            time.sleep(0.001)
        assert process.poll() is None, process.communicate()
        time.sleep(0.01 * (kills % 10))
        kill(process)
        kills += 1
        repaired += "replaced by its last whole copy" in repro(graph)
        assert set(yaml.safe_load(lock.read_text(encoding="utf-8"))["stages"]) == set(made["stages"])
        assert (graph / "page.txt").read_text(encoding="utf-8") == 3 * f"{7 + len(str(kills - 1)) + 1}\n"
    print(f"{repaired} of {kills} kills had cut the lock file")
    assert repaired >= 10


def test_a_stage_that_always_runs_makes_others_stale_only_if_it_gives_something_else(graph):
    path = graph / "dvc.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    installed = {"cmd": "cat release.txt > version.txt", "always_changed": True, "outs": ["version.txt"]}
    content["stages"] = {"installed": installed, **content["stages"]}
    content["stages"]["shared"]["deps"].append("version.txt")
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    (graph / "release.txt").write_text("1\n", encoding="utf-8")
    assert "8 stages in 5 chains" in repro(graph, "--jobs", "1")
    assert trained(graph) == "abc"
    assert "every stage is up to date" in repro(graph)
    (graph / "release.txt").write_text("2\n", encoding="utf-8")
    assert "8 stages in 5 chains" in repro(graph, "--jobs", "1")
    assert "every stage is up to date" in repro(graph)
