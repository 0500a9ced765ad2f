"""Projects of one's own, with the package as its wheel installs it, and own data in a clone, up to a leaderboard.

No command sees the repository: packages are those of the wheel, in a folder that stands first on Python's path.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from clones import ROOT, copy_compiled_loops, dvc, run, tiny_clone
from own_files import TASKS, arguments, write_files

PAGE = (ROOT / "docs/your-data.md").read_text(encoding="utf-8")
(SECTION,) = re.findall(r"^## 1\. .*?(?=^## 2\. )", PAGE, re.MULTILINE | re.DOTALL)
RUNS = ("reviews-bisimple_rnn", "reviews-bilstm", "reviews-bigru")


def blocks(language: str) -> list[str]:
    """The fenced blocks of the page's section."""
    return re.findall(rf"^```{language}\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory) -> dict[str, str]:
    """Variables with which commands find the packages of the wheel, and nothing of the repository."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, wheel]
    subprocess.run(command, check=True)
    copy_compiled_loops(folder)
    return {"PYTHONPATH": str(folder)}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """A folder with files of each task."""
    write_files(folder := tmp_path_factory.mktemp("files"))
    return folder


@pytest.fixture(scope="module")
def folder(installed, tmp_path_factory) -> Path:
    """A folder in which all commands of the first section of docs/your-data.md have run."""
    folder = tmp_path_factory.mktemp("your_data")
    (folder / "corpora").mkdir()
    ((name, content),) = re.findall(r"^`(\S+)`, .*?^```text\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
    (folder / "corpora" / name).write_text(content, encoding="utf-8")
    commands = "".join(blocks("bash")).replace("~/corpora", str(folder / "corpora"))
    printed = run(folder, ["bash", "-e", "-c", commands], **installed)
    (folder / "printed.txt").write_text(printed.replace(str(folder / "corpora"), "~/corpora"), encoding="utf-8")
    return folder


def test_the_packages_are_those_of_the_wheel(installed, tmp_path):
    code = "import pipelines, embeddings; print(pipelines.__file__, embeddings.__file__)"
    for path in run(tmp_path, ["python", "-c", code], **installed).split():
        assert Path(path).is_relative_to(installed["PYTHONPATH"])


def test_the_page_shows_what_is_printed(folder):
    _, told = blocks("text")
    assert told in (folder / "printed.txt").read_text(encoding="utf-8")


def test_own_runs_stand_beside_own_baselines(folder):
    page = (folder / "my_project/reports/leaderboard.md").read_text(encoding="utf-8")
    for name in (*RUNS, "majority", "nb_svm", "tfidf_logistic_regression"):
        assert name in page
    for name in RUNS:
        metrics = json.loads((folder / f"my_project/metrics/{name}.json").read_text(encoding="utf-8"))
        assert set(metrics) == {"dev"}
    assert "sentiment on reviews: accuracy" in (folder / "printed.txt").read_text(encoding="utf-8")


def test_new_text_is_predicted_by_the_run_and_by_the_imported_one_alike(folder):
    lines = (folder / "printed.txt").read_text(encoding="utf-8").splitlines()
    first, second = (json.loads(line) for line in lines if line.startswith('{"id"'))
    assert first == second
    assert first["label"] in ("good", "bad")


def test_a_second_repro_runs_no_stage_but_the_version_of_the_package(folder, installed):
    project = folder / "my_project"
    assert re.findall(r"Running stage '(.*)'", dvc(project, "repro", "--dry", **installed)) == ["installed"]


def test_another_version_of_the_package_makes_every_stage_stale(folder, installed):
    project = folder / "my_project"
    stages = yaml.safe_load((project / "dvc.lock").read_text(encoding="utf-8"))["stages"]
    path = project / "elman_version.txt"
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text("0.0.0\n", encoding="utf-8")
        stale = json.loads(dvc(project, "status", "--json", **installed))
    finally:
        path.write_text(before, encoding="utf-8")
    assert set(stale) == set(stages)


def test_imported_vectors_are_what_runs_train_on(folder, installed):
    second = folder / "second_project"
    assert "vectors/theirs.dvc" in run(second, "git add --all && git status --short")
    dvc(second, "repro", "prepare@films", "vectors-random", **installed)
    would = dvc(second, "repro", "--dry", "train@films-bigru", **installed)
    assert "--source-vectors vectors/theirs" in would
    assert len(re.findall("Running stage", would)) == 2  # and the version of the package


def test_own_data_in_a_clone_end_in_a_leaderboard(files, tmp_path):
    tiny_clone(tmp_path, ["ner-bilstm-random"])
    run(tmp_path, "elman stages && git add -A && git commit -qm Code")
    fast = ["--set", "training.epochs=2", "training.patience=2"]
    run(tmp_path, ["elman", "add", "mine", *arguments(files, "ner", "train", "dev", "test"), *fast])
    dvc(tmp_path, "repro", "evaluate@mine-bigru_crf", "evaluate-baseline@mine")
    run(tmp_path, ["elman", "compare"])
    page = (tmp_path / "reports/leaderboard.md").read_text(encoding="utf-8")
    assert "mine-bigru_crf" in page
    assert "windowed_linear_tagger" in page
    assert set(json.loads((tmp_path / "metrics/mine-bigru_crf.json").read_text(encoding="utf-8"))) == {"dev", "test"}
    run(tmp_path, ["elman", "remove", "mine"])
    assert run(tmp_path, "git diff HEAD --name-only") == ""


@pytest.mark.slow
def test_every_task_is_trained_in_one_project(installed, files, tmp_path):
    run(tmp_path, ["elman", "new", "all"], **installed)
    folder = tmp_path / "all"
    for task in TASKS:
        words = [task, *arguments(files, task, "train", "dev", "test"), "--unlabelled", str(files / "more.txt")]
        run(folder, ["elman", "add", *words, "--set", "training.epochs=2", "training.patience=2"], **installed)
    stages = [f"{kind}@{task}" for kind in ("prepare", "evaluate-baseline") for task in TASKS]
    vectors = [path.stem for path in (folder / "configs/vectors").glob("*.yaml")]
    dvc(folder, "repro", *stages, *(f"vectors-{name}" for name in vectors), **installed)
    would = dvc(folder, "repro", "--dry", "--single-item", "--glob", "train@*", **installed)
    runs = yaml.safe_load((folder / "configs/runs.yaml").read_text(encoding="utf-8"))["runs"]
    assert re.findall(r"--run (\S+)", would) == [*runs]
    assert len(runs) == 3 * len(TASKS)
    dvc(folder, "repro", **installed)
    page = (folder / "reports/leaderboard.md").read_text(encoding="utf-8")
    assert [name for name in runs if name not in page] == []
