"""Commands that are passed on to a cluster. tests/test_cluster.py runs one there."""

import os
import subprocess
from pathlib import Path

import pytest

from embeddings.foundation.errors import InputError
from pipelines.cluster.commands import files_of, first_on_path, read, run, write


def python(*arguments):
    command = ["sh", "-c", 'python "$@"', "sh", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ)


def test_trainings_go_to_the_cluster_and_other_commands_do_not():
    before = os.environ["PATH"]
    with first_on_path("nowhere:1:2", "group", 1):
        other = python("-c", "import os, sys; print(sys.argv, os.environ['PATH'])", "a b", "$c")
        training = python("-m", "pipelines.train", "--help")
    assert other.stdout == f"['-c', 'a b', '$c'] {before}\n"
    assert training.returncode == 2
    assert training.stderr.startswith("error: ")
    assert "nowhere:1:2" in training.stderr or "cluster" in training.stderr  # without the extra: what to install
    assert os.environ["PATH"] == before


def test_an_absolute_path_is_refused(tmp_path):
    with pytest.raises(InputError, match="expected a path relative to the working directory, got an absolute one"):
        run(None, "group", 1, "pipelines.train", ["--output", str(tmp_path / "run")])


def test_what_is_read_on_one_machine_is_written_on_another(tmp_path):
    folder = tmp_path / "one"
    (folder / "inside").mkdir(parents=True)
    (folder / "a").write_bytes(b"1")
    (folder / "inside/b").write_bytes(b"\0\xff")
    write(tmp_path / "other", read(folder))
    assert {str(path.relative_to(tmp_path / "other")) for path in files_of([tmp_path / "other"])} == {"a", "inside/b"}
    assert (tmp_path / "other/inside/b").read_bytes() == b"\0\xff"
    write(tmp_path / "file", read(folder / "a"))
    assert Path(tmp_path / "file").read_bytes() == b"1"
