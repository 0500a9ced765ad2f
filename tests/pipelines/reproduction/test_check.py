"""The committed dvc.lock is held to the committed code, and to what a stage gives."""

import subprocess

import pytest
import yaml
from clones import ROOT, path_of_forks, run

GRAPH = {
    "prepare": {
        "foreach": ["a", "b"],
        "do": {"cmd": "sh code/prepare.sh ${item} > data-${item}", "deps": ["code"], "outs": ["data-${item}"]},
    },
    "train": {
        "cmd": "cat data-a data-b > run",
        "deps": ["data-a", "data-b", "train.sh"],
        "params": [{"runs.yaml": None}],
        "outs": ["run"],
    },
}


@pytest.fixture
def repository(tmp_path):
    """A commit with a lock file, and without what the stages made."""
    for name, text in {
        "dvc.yaml": yaml.safe_dump({"stages": GRAPH}),
        ".dvc/config": "[core]\n    analytics = false\n",
        ".gitignore": "/data-*\n/run\n/.dvc/cache\n/.dvc/tmp\n",
        "code/prepare.sh": "echo prepared $1\n",
        "train.sh": "echo\n",
        "runs.yaml": "seed: 1\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    run(tmp_path, "git init -q && git config user.name T && git config user.email t@example.org")
    run(tmp_path, "dvc repro -q && rm -r data-* run .dvc/cache && git add -A && git commit -qm made")
    return tmp_path


def check(folder, stage="prepare@a"):
    """The exit status of the check, and what it writes."""
    command = ["python", "-m", "pipelines.reproduction.check", stage]
    environment = {"PATH": path_of_forks(), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    return done.returncode, [line for line in done.stderr.splitlines() if not line.startswith("check: ")]


def commit(folder, path, text):
    (folder / path).write_text(text, encoding="utf-8")
    run(folder, "git commit -qam edited")


def test_a_lock_file_of_the_committed_code_passes_without_data(repository):
    assert check(repository) == (0, [])
    assert not (repository / "data-a").exists()


def test_edited_code_configuration_and_commands_are_named_with_their_stages(repository):
    commit(repository, "code/prepare.sh", "echo Prepared $1\n")
    after = "; run `make repro` and commit it"
    assert check(repository) == (1, [f"dvc.lock: code is not what prepare@a and 1 more ran with{after}"])
    commit(repository, "runs.yaml", "seed: 2\n")
    commit(repository, "dvc.yaml", yaml.safe_dump({"stages": GRAPH}).replace("cat data-a", "cat -u data-a"))
    assert check(repository)[1][1:] == [
        f"dvc.lock: runs.yaml is not what train ran with{after}",
        f"dvc.lock: the command is not what train ran with{after}",
    ]


def test_what_is_edited_and_not_committed_is_not_looked_at(repository):
    (repository / "code/prepare.sh").write_text("echo Prepared $1\n", encoding="utf-8")
    assert check(repository)[0] == 0


def test_a_stage_that_gives_something_else_is_named(repository):
    text = (repository / "dvc.lock").read_text(encoding="utf-8")
    digest = yaml.safe_load(text)["stages"]["prepare@a"]["outs"][0]["md5"]
    commit(repository, "dvc.lock", text.replace(digest, "a" * 32))
    status, lines = check(repository)
    assert status == 1
    assert lines == ["dvc.lock: prepare@a gives another data-a; run `make repro` and commit it"]


def test_a_stage_that_cannot_run_alone_is_refused(repository):
    status, lines = check(repository, "train")
    assert status == 2
    assert lines[-1] == "error: train: expected a stage that runs alone in a fresh clone; it failed"
