"""`elman new`: a project that is whole, in git and DVC, on the installed package."""

import subprocess
from importlib.metadata import version

import pytest
import yaml
from clones import ROOT
from dvc.repo import Repo

from pipelines import new
from pipelines.cli import main
from pipelines.project.creation import requirements
from pipelines.project.layout import REQUIREMENTS, VERSION


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_new_project_is_a_dvc_project_whose_files_wait_for_the_first_commit(empty_project, monkeypatch):
    monkeypatch.chdir(empty_project)
    with Repo() as repo:
        assert repo.config["core"]["analytics"] is False
        assert [stage.addressing for stage in repo.stage.load_all("dvc.yaml")] == ["installed", "compare"]
    status = git(empty_project, "status", "--short").splitlines()
    assert {line[:3] for line in status} == {"A  "}
    assert {line[3:] for line in status} >= {
        "README.md",
        "dvc.yaml",
        "configs/runs.yaml",
        ".gitignore",
        str(VERSION),
        str(REQUIREMENTS),
    }
    assert (empty_project / "README.md").read_text(encoding="utf-8").startswith("# project\n")


def test_what_stages_write_is_ignored_and_what_is_imported_is_not(empty_project):
    graph = yaml.safe_load((empty_project / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    outs = [out for stage in graph.values() for out in stage.get("do", stage)["outs"] if isinstance(out, str)]
    written = [f"{out.replace('${item}', 'a').replace('${key}', 'a')}/file" for out in outs]
    assert set(git(empty_project, "check-ignore", *written).split()) == set(written)
    kept = ["vectors/theirs.dvc", "runs/theirs.dvc", "data/theirs.dvc", "metrics/a.json", str(VERSION)]
    done = subprocess.run(["git", "check-ignore", *kept], cwd=empty_project, capture_output=True, text=True)
    assert done.stdout == ""


def test_a_clone_ignores_what_stages_write_and_not_what_is_imported():
    written = ["vectors/own/vectors.npy", "runs/a/model.keras", "data/a/train.jsonl"]
    imported = ["vectors/theirs.dvc", "runs/theirs.dvc", "data/theirs.dvc"]
    done = subprocess.run(["git", "check-ignore", *written, *imported], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == written


def test_every_stage_depends_on_the_installed_version_and_none_on_code(empty_project, capsys):
    graph = yaml.safe_load((empty_project / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    installed = graph.pop("installed")
    assert installed["always_changed"]
    assert installed["cmd"].endswith(f"--version > {VERSION}")
    for name, stage in graph.items():
        deps = stage.get("do", stage)["deps"]
        assert deps[0] == str(VERSION), name
        assert not [dep for dep in deps if dep.startswith(("pipelines", "embeddings"))], name
    main(["--version"])
    assert capsys.readouterr().out == (empty_project / VERSION).read_text() == f"{version('elman')}\n"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, "elman==9.8.7"),
        ('{"url": "file:///wheels/elman-9.8.7-py3-none-any.whl", "archive_info": {}}', "elman==9.8.7"),
        ('{"url": "file:///src/clone", "dir_info": {"editable": true}}', "elman==9.8.7"),
        ('{"url": "file:///src/clone", "vcs_info": {"vcs": "git", "commit_id": "0123abc"}}', "elman==9.8.7"),
        ('{"url": "https://example.org/elman.git", "vcs_info": {"vcs": "git", "requested_revision": "v9.8.7", '
         '"commit_id": "0123abc"}}', "elman @ git+https://example.org/elman.git@0123abc"),
    ],
)  # fmt: skip
def test_the_requirements_name_the_installed_version_or_its_commit(tmp_path, monkeypatch, origin, expected):
    folder = tmp_path / "elman-9.8.7.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: elman\nVersion: 9.8.7\n", encoding="utf-8")
    if origin:
        (folder / "direct_url.json").write_text(origin, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert [line for line in requirements().splitlines() if not line.startswith("#")] == [expected]


@pytest.mark.parametrize("content", ["folder", "file"])
def test_a_folder_that_is_not_empty_is_refused_and_stays(tmp_path, content, capsys):
    path = tmp_path / "taken"
    path.mkdir() if content == "folder" else path.write_text("mine")
    if content == "folder":
        (path / "mine").write_text("mine")
    with pytest.raises(SystemExit) as error:
        new.main([str(path)])
    assert error.value.code == 2
    assert capsys.readouterr().err == (
        f"error: {path}: expected a new or an empty folder, got one that is not empty; choose another name\n"
    )
    assert [each.name for each in tmp_path.rglob("*")] == (["taken", "mine"] if content == "folder" else ["taken"])


def test_without_git_nothing_is_left(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit):
        new.main([str(tmp_path / "project")])
    assert capsys.readouterr().err == "error: git: no such program; install git, which keeps a project's history\n"
    assert [*tmp_path.iterdir()] == []
